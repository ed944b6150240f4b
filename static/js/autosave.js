// <form data-autosave>: a draft saves itself a moment after somebody stops typing. The Save button goes on working as it did.
// The server answers JSON: 200 saved, 409 somebody else was first, 413 to 422 something is to be mended (views/editor.py).
const PAUSE = 1200, PATIENCE = 15_000, RETRIES = [5_000, 15_000, 60_000];
const form = document.querySelector("form[data-autosave]");
const line = document.querySelector("[data-saved]");

let timer, flight = null, dirty = false, stopped = false, failures = 0, savedAt = null, leaving = false;
let typed = 0;  // counts changes: what was typed while a saving was under way is saved by the next one
const left = new Set();  // fields that were left: only of these a fault is told while somebody is still writing

function say(state, spoken = true) {
  if (!line) return;
  line.dataset.state = state;
  const text = line.dataset[state] ?? "";
  line.querySelector("[data-saved-text]").textContent = text;
  if (spoken) line.querySelector("[data-saved-status]").textContent = text;
}

function ago() {
  if (!line || line.dataset.state !== "ago" || !savedAt) return;
  const seconds = Math.round((Date.now() - savedAt) / 1000);
  const told = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });
  const [value, unit] = seconds < 60 ? [seconds - (seconds % 10), "second"] : seconds < 3600 ? [Math.floor(seconds / 60), "minute"] : [Math.floor(seconds / 3600), "hour"];
  line.querySelector("[data-saved-text]").textContent = line.dataset.ago.replace("{ago}", told.format(-value, unit));
}

function since() {
  line.dataset.state = "ago";
  ago();
}

const at = Date.parse(line?.dataset.at ?? "");
if (Date.now() - at < 3_600_000) {
  savedAt = at;
  since();
}
if (line) setInterval(ago, 10_000);

// ---- faults beside their fields

const named = (pointer) => form.elements[pointer.slice(1)];

function control(name) {
  const found = form.elements[name];
  return found instanceof RadioNodeList ? found[0] : found;
}

function clear() {
  for (const box of form.querySelectorAll("[data-autosave-error]")) {
    const field = document.getElementById(box.dataset.autosaveError);
    if (field) {
      field.removeAttribute("aria-invalid");
      const rest = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== box.id);
      if (rest.length) field.setAttribute("aria-describedby", rest.join(" ")); else field.removeAttribute("aria-describedby");
    }
    box.remove();
  }
}

function tell(problem) {
  const name = problem.pointer.slice(1), field = name && named(problem.pointer) ? control(name) : null;
  if (!field || !left.has(name) || field === document.activeElement) return;
  const place = field.closest(".field") ?? field.parentElement;
  if (place.querySelector(".error")) return;
  const box = document.getElementById("autosave-error").content.firstElementChild.cloneNode(true);
  box.id = `${field.id}_error`;
  box.dataset.autosaveError = field.id;
  box.querySelector("span").textContent = problem.message;
  place.append(box);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${box.id}`.trim());
}

// ---- saving

function body() {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);  // a file goes with the button
  return data;
}

function seen(edits) {
  for (const field of document.querySelectorAll('input[type="hidden"][name="edits"]')) field.value = edits;
}

async function take(answer) {
  const kind = answer.headers.get("Content-Type") ?? "";
  if (!kind.startsWith("application/json")) throw new Error(`${answer.status}`);
  const told = await answer.json();
  failures = 0;
  clear();
  if (answer.status === 200) {
    seen(told.edits);
    savedAt = Date.now();
    say("now");
    setTimeout(() => { if (line?.dataset.state === "now") since(); }, 3000);
    refresh();
    return;
  }
  dirty = true;
  if (answer.status === 409) { meanwhile(told); return; }
  const open = told.problems.map((problem) => problem.pointer.slice(1));
  told.problems.forEach(tell);
  say(open.some((name) => !name || left.has(name)) ? "mend" : "waiting");
}

// Somebody else was first: their words are shown, ours stay in the fields, and only the button puts them in place.
function meanwhile(told) {
  stopped = true;
  form.querySelector("[data-meanwhile]")?.remove();
  const box = document.createElement("div");
  box.dataset.meanwhile = "";
  box.innerHTML = told.meanwhile;  // rendered by our server from escaped texts
  box.querySelector("[autofocus]")?.removeAttribute("autofocus");
  form.prepend(box);
  form.querySelector('input[name="edits"]').value = told.edits;
  say("conflict");
}

async function save() {
  clearTimeout(timer);
  if (flight) return flight;
  if (!dirty || stopped) return null;
  dirty = false;
  const sent = typed;
  say("saving", false);
  flight = fetch(form.getAttribute("action") || location.href, {
    method: "POST", body: body(), credentials: "same-origin", keepalive: leaving,
    headers: { "X-Autosave": "1", Accept: "application/json" }, signal: leaving ? undefined : AbortSignal.timeout(PATIENCE),
  }).then(take).catch(() => {
    dirty = true;
    say("failed");
    timer = setTimeout(save, RETRIES[Math.min(failures++, RETRIES.length - 1)]);
  }).finally(() => {
    flight = null;
    if (typed !== sent && !stopped) later();
  });
  return flight;
}

function later(pause = PAUSE) {
  clearTimeout(timer);
  timer = setTimeout(save, pause);
}

// What stands around the form is brought up to date: what is missing, how it reads. Never what has the focus.
async function refresh() {
  const places = [...document.querySelectorAll("[data-live][id]")];
  if (!places.length) return;
  const answer = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } }).catch(() => null);
  // Whoever pressed something meanwhile presses what they saw.
  if (!answer?.ok || pending) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of places) {
    const now = fresh.getElementById(place.id);
    if (!now || !place.isConnected || place.contains(document.activeElement) || now.innerHTML === place.innerHTML) continue;
    place.replaceChildren(...now.childNodes);
    window.htmx?.process(place);
  }
}

async function settled() {
  if (flight) await flight;
  if (dirty && !stopped) await save();
}

// ---- when

function changed(event) {
  if (event.target.type === "file" || !event.target.name) return;
  dirty = true;
  typed += 1;
  if (!stopped) later();
}

// A press of a button, here or beside, and a link: first what is under way comes to its end.
let going = false, pending = false;
async function first(event, then) {
  if (going || stopped || (!flight && !dirty)) return;
  const own = event.type === "submit" && event.target === form;
  if (own && !flight) { clearTimeout(timer); dirty = false; return; }  // the button saves everything itself
  event.preventDefault();
  event.stopImmediatePropagation();
  pending = true;
  await Promise.race([own ? flight : settled(), new Promise((done) => setTimeout(done, 4000))]);
  if (own) dirty = false;
  pending = false;
  going = true;
  then();
  setTimeout(() => { going = false; }, 0);
}

if (form) {
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("focusout", (event) => {
    if (event.target.name) left.add(event.target.name);
    if (dirty && !stopped) later(PAUSE / 2);
  });
  window.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    first(event, () => event.target.requestSubmit(event.submitter));
    if (event.target === form && !event.defaultPrevented) stopped = true;
  }, { capture: true });
  window.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute("download") || link.origin !== location.origin || link.hash && link.pathname === location.pathname && link.search === location.search) return;
    first(event, () => link.click());
  }, { capture: true });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !dirty || stopped) return;
    leaving = true;
    save();
    leaving = false;
  });
  window.addEventListener("online", () => { if (dirty && !stopped) save(); });
  window.addEventListener("beforeunload", (event) => { if (dirty && ["failed", "mend", "waiting"].includes(line?.dataset.state)) event.preventDefault(); });
  // Coming back by the browser's history shows fields that the server knows better.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
