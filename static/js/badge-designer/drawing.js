// The server draws, this shows it. Drawings are shown as pictures (data addresses): nothing in an SVG that is a picture can
// run, and the ids of two drawings never meet.
import { $, $$, body, form, speak, spoken } from "./page.js";
import { collect } from "./symbols.js";

let drawing = null;

function show({ large, small, alt }) {
  const address = (svg) => `data:image/svg+xml,${encodeURIComponent(svg)}`;
  for (const picture of $$("[data-large]")) picture.src = address(large);
  for (const picture of $$("[data-small]")) picture.src = address(small);
  const art = $(".art[data-large]");
  if (art) art.alt = alt;
}

function row(level, text) {
  const line = $(`template[data-row="${level}"]`).content.firstElementChild.cloneNode(true);
  line.querySelector("span").textContent = text;
  return line;
}

function check(findings, problems, warnings) {
  $("[data-findings]").replaceChildren(...problems.map((each) => row("bad", each.message)), ...findings.map((each) => row(each.level, each.text)));
  const count = warnings + problems.length, shown = $("[data-warnings]");
  shown.hidden = !count;
  shown.classList.toggle("count-bad", count > 0);
  shown.firstChild.textContent = String(count);
  const contrast = $("[data-contrast]");
  if (contrast) contrast.textContent = findings.find((each) => each.code === "contrast")?.text ?? "";
}

function mark(problems) {
  const wrong = new Set(problems.map((each) => each.pointer.slice(1)));
  for (const field of form.elements) {
    if (field.type === "radio" || !field.name) continue;
    if (wrong.has(field.name)) field.setAttribute("aria-invalid", "true");
    else if (!field.closest(".field")?.querySelector(".error")) field.removeAttribute("aria-invalid");
  }
}

export async function draw({ quiet = false } = {}) {
  drawing?.abort();
  const own = drawing = new AbortController();
  $(".stage").setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.dataset.drawing, { method: "POST", body: body(), signal: own.signal, headers: { Accept: "application/json" } });
    if (![200, 409, 422].includes(answer.status)) throw new Error(String(answer.status));
    const told = await answer.json();
    if (told.large) show(told);
    check(told.findings ?? [], told.problems, told.warnings ?? 0);
    mark(told.problems);
    const count = (told.warnings ?? 0) + told.problems.length;
    if (!quiet) speak([spoken("drawn"), count ? spoken("lookAt", { count }) : ""].join(" ").trim());
  } catch (error) {
    if (error.name !== "AbortError") speak(spoken("failed"));
  } finally {
    if (drawing === own) $(".stage").removeAttribute("aria-busy");
  }
}

// Another design has other fields: its sections come from the server, as they would on a page without a script.
export async function rearrange(extra = {}) {
  const at = document.activeElement, from = { name: at?.name, value: at?.value, id: at?.id };
  const answer = await fetch(form.action, { method: "POST", body: body({ look: "1", ...extra }) });
  if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const sections = page.querySelector("[data-sections]");
  const open = new Map($$("[data-sections] details").map((each) => [each.dataset.section, each.open]));
  for (const each of sections.querySelectorAll("details")) each.open = open.get(each.dataset.section) ?? each.open;
  $("[data-sections]").replaceChildren(...sections.childNodes);
  collect();
  const again = $$("[data-sections] :is(input, select, textarea, button)").find((each) => (from.id && each.id === from.id) || (from.name && each.name === from.name && each.value === from.value));
  again?.focus({ preventScroll: true });
}
