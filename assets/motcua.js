// A little help for the keyboard and the card scanner. Every journey works without it.
import { fillFromCard } from "./cccd.js";
import { openHelp } from "./keys.js";

const typing = (target) =>
  target.closest("input, textarea, select, [contenteditable=true]") !== null;

const rows = () =>
  [...document.querySelectorAll(".js-rows tbody tr, ul.js-rows > li, ol.js-rows > li")].filter(
    (row) => row.offsetParent !== null,
  );

// The row's first link carries the focus, so that Enter opens it as the browser would.
function move(by) {
  const all = rows().filter((row) => row.querySelector("a[href]"));
  if (!all.length) return false;
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by;
  const row = all[Math.min(Math.max(next, 0), all.length - 1)];
  row.querySelector("a[href]").focus();
  row.scrollIntoView({ block: "nearest" });
  return true;
}

// What is wrong with a form is read out, and one Tab away, as soon as the page is there.
document.getElementById("faults")?.focus();

// Entries that another entry calls for come and go with it; without scripts they wait folded.
const chosen = (form, name) =>
  [...form.elements]
    .filter((entry) => entry.name === name && (!["radio", "checkbox"].includes(entry.type) || entry.checked))
    .map((entry) => entry.value)
    .at(-1) ?? "";

function follow() {
  for (const entry of document.querySelectorAll("form [data-when]")) {
    const [, name, sign, value] = entry.dataset.when.match(/^(.*?)([=!])(.*)$/s);
    const shown = (chosen(entry.closest("form"), name) === value) === (sign === "=");
    entry.classList.add("live");
    entry.hidden = !shown;
    if (entry.tagName === "DETAILS") entry.open = shown;
  }
}
follow();
document.addEventListener("change", follow);

document.addEventListener("keydown", (event) => {
  if (event.key === "F9") {
    const button = document.querySelector('[data-key="F9"]:not([disabled])');
    if (button) {
      event.preventDefault();
      button.click();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "j" && move(1)) event.preventDefault();
  if (event.key === "k" && move(-1)) event.preventDefault();
  if (event.key === "?") {
    event.preventDefault();
    openHelp();
  }
});

// A scanner types the card's text and ends with Enter: that must not send the form.
document.addEventListener("keydown", (event) => {
  const scan = event.target.closest("[data-cccd-scan]");
  if (scan && event.key === "Enter") {
    event.preventDefault();
    fillFromCard(scan);
  }
});
document.addEventListener("change", (event) => {
  const scan = event.target.closest("[data-cccd-scan]");
  if (scan) fillFromCard(scan);
});
