// The badge designer: while one chooses, the server draws and checks; undo, redo and jumps back; zoom; search for symbols.
import { ground, zoomed } from "./badge-designer/canvas.js";
import { draw, rearrange } from "./badge-designer/drawing.js";
import { begin, go, label, redo, remember, undo } from "./badge-designer/history.js";
import { $$, design, form, isChoice, root, said, speak, spoken } from "./badge-designer/page.js";
import { choose, collect, find } from "./badge-designer/symbols.js";

const PAUSE = 250, AT_ONCE = 60;
let timer, searching, pending = null;

// What was typed last becomes a step at once. True if there was something.
function settle() {
  clearTimeout(timer);
  if (pending) { const { text, field } = pending; pending = null; remember(text(), field); return true; }
  return false;
}

async function changed(field) {
  if (field.name === "starter" || field.name === "own") {
    settle();
    const text = label(field);
    try { await rearrange(); } catch { speak(spoken("failed")); return; }
    remember(text);
    await draw();
    return;
  }
  if (field.name === "monogram" && field.value) choose("letters");
  if ((field.name === "brand" || field.name === "accent") && !form.elements.own_colours.checked) form.elements.own_colours.checked = true;
  if (field.name === "accent") for (const each of $$("[name=metal]")) each.checked = each.value === "";
  pending = { field, text: () => label(field) };
  clearTimeout(timer);
  timer = setTimeout(() => { if (settle()) draw(); }, field.type === "radio" || field.tagName === "SELECT" ? AT_ONCE : PAUSE);
}

function keys(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || !root.contains(event.target) && event.target !== document.body) return;
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey) { event.preventDefault(); settle(); undo(); }
  else if ((key === "z" && event.shiftKey) || key === "y") { event.preventDefault(); settle(); redo(); }
}

// What was chosen while the page was still loading: nobody listened yet, and the sections are those of another design.
function chosenEarly() {
  if (design(said()) !== form.elements.was.value) return form.querySelector("[name=starter]:checked");
  return [...form.elements].find((field) => isChoice(field) && (field.type === "radio" || field.type === "checkbox" ? field.checked && !field.defaultChecked : field.tagName !== "SELECT" && field.value !== field.defaultValue));
}

if (form && root.querySelector("[data-tools]")) {
  for (const each of $$("[data-tools], [data-history]")) each.hidden = false;
  root.classList.add("scripted");
  collect();
  zoomed(0);
  begin();
  form.addEventListener("input", (event) => {
    if (event.detail === "history") return;
    if ("find" in event.target.dataset) { clearTimeout(searching); searching = setTimeout(find, PAUSE); return; }
    if (event.target.name) changed(event.target);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name !== "look") return;
    event.preventDefault();
    settle();
    if (document.activeElement === form.elements.find) find(); else draw();
  });
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("undo" in button.dataset || "redo" in button.dataset || button.dataset.step) settle();
    if ("undo" in button.dataset) undo();
    else if ("redo" in button.dataset) redo();
    else if (button.dataset.zoom) zoomed(Number(button.dataset.zoom));
    else if (button.dataset.ground) ground(button);
    else if (button.dataset.step) go(Number(button.dataset.step));
  });
  document.addEventListener("keydown", keys);
  const early = chosenEarly();
  if (early) changed(early);
}
