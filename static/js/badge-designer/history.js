// Undo and redo: every step is all that the form said, so that going back is putting it in again.
import { draw, rearrange } from "./drawing.js";
import { $, design, form, isChoice, said, speak, spoken } from "./page.js";
import { keep } from "./symbols.js";

const MOST = 200;
const steps = [];
let here = -1, typing = null;

export function label(field) {
  const group = field.closest("[role=radiogroup]")?.getAttribute("aria-label") ?? field.closest("fieldset")?.querySelector("legend")?.textContent;
  const own = (field.closest("label") ?? form.querySelector(`label[for="${CSS.escape(field.id)}"]`))?.textContent.trim() ?? field.name;
  if (field.type === "radio") return group ? `${group}: ${own}` : own;
  if (field.type === "checkbox" || field.type === "color") return own;
  const value = field.tagName === "SELECT" ? field.selectedOptions[0]?.textContent : field.value;
  return `${own}: ${value || "–"}`;
}

export function remember(text, field = null) {
  const now = said();
  if (here >= 0 && JSON.stringify(now) === JSON.stringify(steps[here].entries)) return;
  // Letters typed one after the other into one field are one step, as long as nothing else came between.
  const goes_on = field && typing === field.name && here === steps.length - 1 && here > 0 && field.matches("input:not([type=radio], [type=checkbox]), textarea");
  if (goes_on) steps[here] = { entries: now, text };
  else {
    steps.splice(here + 1);
    steps.push({ entries: now, text });
    if (steps.length > MOST) steps.splice(1, 1);
    here = steps.length - 1;
  }
  typing = field?.name ?? null;
  list();
}

function list() {
  // Not `disabled`: who undoes by the keyboard keeps the place at the last step.
  $("[data-undo]").setAttribute("aria-disabled", String(here <= 0));
  $("[data-redo]").setAttribute("aria-disabled", String(here >= steps.length - 1));
  const state = $("[data-state]");
  if (here > 0) state.textContent = state.dataset.changed;
  else if (steps.length > 1) state.textContent = state.dataset.same;
  const lines = steps.map(({ text }, place) => {
    const line = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.dataset.step = place;
    if (place === here) button.setAttribute("aria-current", "step");
    line.classList.toggle("undone", place > here);
    line.append(button);
    return line;
  });
  const box = $("[data-steps]"), focused = box.contains(document.activeElement);
  box.replaceChildren(...lines);
  const current = $("[aria-current]", box);
  box.scrollTop = current.offsetTop - box.offsetTop - box.clientHeight / 2;
  if (focused) current.focus({ preventScroll: true });
}

function put(entries) {
  const told = new Map();
  for (const [name, value] of entries) told.set(name, [...(told.get(name) ?? []), value]);
  if (told.has("symbol")) keep(told.get("symbol")[0]);
  for (const field of form.elements) {
    if (!isChoice(field)) continue;
    const values = told.get(field.name) ?? [];
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else field.value = values[0] ?? "";
  }
}

// What the form says is told through one event, so that the saving of drafts hears of it too.
export async function go(place) {
  if (place < 0 || place >= steps.length || place === here) return;
  const from = here, told = place < here ? "undone" : "redone", entries = steps[place].entries;
  here = place;
  typing = null;
  list();
  const moved = design(entries) !== design(said());
  if (moved) {
    const data = Object.fromEntries(entries);
    if (!data.own) form.elements.own.checked = false;
    put(entries);
    await rearrange({ ...data, was: design(entries) });
  }
  put(entries);
  form.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "history" }));
  speak(spoken(told, { step: steps[told === "undone" ? from : place].text }));
  await draw({ quiet: true });
}

export const undo = () => go(here - 1);
export const redo = () => go(here + 1);

export function begin() {
  steps.push({ entries: said(), text: $("[data-steps]").dataset.first });
  here = 0;
  list();
}
