// Draws the process diagram into <figure data-diagram-url data-done data-current>.
// The list the server rendered inside the figure stays: it is the same content in words.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram.css";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const WORDS = {
  vi: { diagram: "Sơ đồ quy trình", closer: "Phóng to", wider: "Thu nhỏ", whole: "Vừa khung" },
  en: { diagram: "Process diagram", closer: "Zoom in", wider: "Zoom out", whole: "Fit" },
};
const words = WORDS[document.documentElement.lang.slice(0, 2)] || WORDS.vi;

const ids = (text) => (text || "").split(/\s+/).filter(Boolean);

function mark(viewer, text, marker) {
  const elements = viewer.get("elementRegistry");
  const canvas = viewer.get("canvas");
  for (const id of ids(text)) if (elements.get(id)) canvas.addMarker(id, marker);
}

// The canvas gets the height its drawing needs at the figure's width, within what a screen shows.
function fit(viewer, box) {
  const canvas = viewer.get("canvas");
  const { inner } = canvas.viewbox();
  if (!inner.width || !box.clientWidth) return;
  const wanted = (box.clientWidth * (inner.height + 40)) / (inner.width + 40);
  box.style.height = `${Math.round(Math.min(Math.max(wanted, 192), window.innerHeight * 0.75))}px`;
  canvas.resized();
  canvas.zoom("fit-viewport", "auto");
}

function tools(viewer, box) {
  const bar = document.createElement("div");
  bar.className = "diagram-tools";
  const add = (sign, label, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "secondary outline";
    button.textContent = sign;
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    bar.append(button);
  };
  add("+", words.closer, () => viewer.get("zoomScroll").stepZoom(1));
  add("−", words.wider, () => viewer.get("zoomScroll").stepZoom(-1));
  add("⤢", words.whole, () => fit(viewer, box));
  return bar;
}

async function draw(figure) {
  if (figure.dataset.diagramState) return;
  figure.dataset.diagramState = "loading";
  const box = document.createElement("div");
  box.className = "diagram-canvas";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", figure.dataset.diagramLabel || words.diagram);
  try {
    const answer = await fetch(figure.dataset.diagramUrl, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${answer.status} ${figure.dataset.diagramUrl}`);
    const xml = await answer.text();
    figure.prepend(box);
    // Without zoomScroll the mouse wheel keeps scrolling the page.
    const viewer = new NavigatedViewer({ container: box, zoomScroll: { enabled: false } });
    await viewer.importXML(xml);
    mark(viewer, figure.dataset.done, "diagram-done");
    mark(viewer, figure.dataset.current, "diagram-current");
    for (const kind of ["added", "changed", "moved", "removed"]) mark(viewer, figure.dataset[kind], `diagram-${kind}`);
    box.before(tools(viewer, box));
    fit(viewer, box);
    new ResizeObserver(([entry]) => {
      const width = Math.round(entry.contentRect.width);
      if (box.dataset.width !== String(width)) {
        box.dataset.width = String(width);
        fit(viewer, box);
      }
    }).observe(box);
    window.addEventListener("beforeprint", () => fit(viewer, box));
    figure.dataset.diagramState = "drawn";
  } catch (fault) {
    box.remove(); // the list in words is still there
    figure.dataset.diagramState = "failed";
    console.warn("diagram:", fault);
  }
}

const drawAll = () => document.querySelectorAll("figure[data-diagram-url]").forEach(draw);

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", drawAll);
else drawAll();
document.addEventListener("htmx:afterSettle", drawAll);
