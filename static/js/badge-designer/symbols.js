// Search among the symbols; the tiles come from the server, sixty at most.
import { $, $$, form, speak, spoken } from "./page.js";

const seen = new Map();
const tiles = () => $("[data-symbols] > div");
const tile = (name) => $$("[data-symbols] input").find((each) => each.value === name);

export function collect() {
  for (const tile of $$("[data-symbols] label")) seen.set(tile.querySelector("input").value, tile);
}

// The chosen symbol is always among those shown, whatever was searched for.
export function keep(name) {
  if (!tile(name) && seen.has(name)) tiles().prepend(seen.get(name));
}

let looking = null;
export async function find() {
  const query = new URLSearchParams({ find: form.elements.find.value, topic: form.elements.topic.value });
  looking?.abort();
  looking = new AbortController();
  try {
    const answer = await fetch(`${form.dataset.symbolsAt}?${query}`, { signal: looking.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-said]");
    const chosen = form.elements.symbol.value;
    const special = ["letters", "logo"].map((name) => seen.get(name)).filter(Boolean);
    tiles().replaceChildren(...page.children, ...special);
    keep(chosen);
    choose(chosen);
    collect();
    $("[data-found]").textContent = page.dataset.said;
  } catch (error) {
    if (error.name !== "AbortError") speak(spoken("failed"));
  }
}

export function choose(name) {
  const radio = tile(name);
  if (radio) radio.checked = true;
}
