// htmx from our own server, set so that it lives under a strict Content-Security-Policy.
import htmx from "htmx.org/dist/htmx.esm.js";

htmx.config.includeIndicatorStyles = false; // no inline <style>
htmx.config.allowEval = false; // no eval, so no hx-on and no js: values
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // pages with personal data stay out of the browser's storage
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  // A form with faults and a task somebody else finished are pages to be read.
  { code: "409", swap: true },
  { code: "422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});

// Anything else that went wrong is shown by loading the page the plain way.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.requestConfig.verb === "get") {
    window.location.assign(event.detail.pathInfo.finalRequestPath);
  }
});

window.htmx = htmx;
