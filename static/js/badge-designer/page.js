// What the designer of badges works on: its page, its form, and what the form says.
export const root = document.querySelector("[data-badge-designer]");
export const form = root?.querySelector("form[data-drawing]");

const NOT_A_CHOICE = new Set(["csrfmiddlewaretoken", "edits", "find", "topic", "was"]);
export const isChoice = (field) => field.name && !NOT_A_CHOICE.has(field.name) && field.type !== "submit";

export const $ = (selector, from = root) => from.querySelector(selector);
export const $$ = (selector, from = root) => [...from.querySelectorAll(selector)];

export const said = () => [...new FormData(form)].filter(([name]) => !NOT_A_CHOICE.has(name));

// What the fields depend on: the starter, and whether it was made one's own.
export function design(entries) {
  const told = new Map(entries);
  return `${told.get("starter")}/${told.get("own") ? "own" : ""}`;
}

export function body(extra = {}) {
  const data = new FormData(form);
  for (const [name, value] of Object.entries(extra)) data.set(name, value);
  return data;
}

// One line for screen readers; its sentences stand in the page, translated.
export const speak = (text) => { $("[data-spoken]").textContent = text; };
export const spoken = (name, values = {}) => $("[data-spoken]").dataset[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
