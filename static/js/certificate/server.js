// What is asked of the server: how the layout looks, and to keep it.
/** @typedef {import("./desk.js").Desk} Desk */

const SOON = 120; // milliseconds after the last change
const QUIET = 900; // after which the hard cases are tried as well

/** @param {string} address @param {unknown} body @param {AbortSignal} [signal] */
async function post(address, body, signal) {
  const token = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csrf-token"]')).content;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const response = await fetch(address, { method: "POST", headers, body: JSON.stringify(body), signal, credentials: "same-origin", redirect: "error" });
  const answer = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : {};
  return { status: response.status, answer };
}

export class Server {
  /** @param {Desk} desk @param {HTMLIFrameElement} frame */
  constructor(desk, frame) {
    this.desk = desk;
    this.frame = frame;
    this.faces = new Set();
    this.ground = "";
    this.timers = { soon: 0, quiet: 0 };
    this.asked = new AbortController();
    desk.addEventListener("layout", () => this.soon());
    desk.addEventListener("view", (event) => {
      const changes = /** @type {CustomEvent} */ (event).detail;
      if ("person" in changes || "locale" in changes) this.soon();
    });
    frame.src = desk.begin.addresses.frame;
    frame.addEventListener("load", () => { this.faces.clear(); this.ground = ""; this.look(true); });
  }

  soon() {
    clearTimeout(this.timers.soon);
    clearTimeout(this.timers.quiet);
    this.timers.soon = window.setTimeout(() => this.look(false), SOON);
    this.timers.quiet = window.setTimeout(() => this.look(true), QUIET);
  }

  /** @param {boolean} everybody whether the hard cases are tried as well */
  async look(everybody) {
    this.asked.abort();
    this.asked = new AbortController();
    const { layout, view, begin } = this.desk;
    const asked = { layout, person: view.person, locale: view.locale, everybody, ground: this.ground };
    try {
      const { status, answer } = await post(begin.addresses.look, asked, this.asked.signal);
      if (status === 200) this.#show(answer);
      if (answer.problems) this.desk.looked(answer, layout);
      else this.desk.say("no_answer");
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "AbortError") this.desk.say("no_answer");
    }
  }

  /** @param {any} answer */
  #show(answer) {
    const page = this.frame.contentDocument;
    if (!page?.head) return;
    const rest = answer.style.replace(/@font-face\{.*?\}/g, (/** @type {string} */ face) => { this.#load(page, face); return ""; });
    const style = page.querySelector("style:not([data-faces])");
    if (style && style.textContent !== rest) style.textContent = rest;
    // The paper with its border is heavy: it is sent when it changes, and kept as it lies otherwise.
    const kept = answer.ground.html === null ? [...page.querySelectorAll(".back")] : [];
    page.body.innerHTML = answer.body;
    const main = page.querySelector("main");
    if (answer.ground.html === null) main?.prepend(...kept);
    else main?.insertAdjacentHTML("afterbegin", answer.ground.html);
    this.ground = answer.ground.mark;
    // Elements are written in reading order; those that are left out for this person have a frame and nothing else.
    const drawn = answer.frames.filter((/** @type {any} */ frame) => frame.drawn);
    page.querySelectorAll(".page > .el").forEach((element, at) => { /** @type {HTMLElement} */ (element).dataset.element = drawn[at]?.id; });
    page.documentElement.dataset.drawn = String(Number(page.documentElement.dataset.drawn ?? 0) + 1);
  }

  /** A face is added once and stays: taking it away and back would let the page flicker. @param {Document} page @param {string} face */
  #load(page, face) {
    if (this.faces.has(face)) return;
    this.faces.add(face);
    let faces = /** @type {HTMLStyleElement | null} */ (page.querySelector("style[data-faces]"));
    if (!faces) {
      faces = page.head.appendChild(page.createElement("style"));
      faces.dataset.faces = "";
    }
    faces.sheet?.insertRule(face);
  }

  /** @param {number} [edits] the count to save over; what the page was opened with when nothing is said */
  async save(edits = this.desk.edits) {
    const { layout, begin } = this.desk;
    try {
      const { status, answer } = await post(begin.addresses.layout, { edits, layout });
      if (status === 200) this.desk.stored(answer.edits, layout);
      else if (status === 409) this.desk.dispatchEvent(new CustomEvent("meanwhile", { detail: answer }));
      else if (answer.problems) this.desk.dispatchEvent(new CustomEvent("refused", { detail: answer.problems }));
      else this.desk.say("no_answer");
      return status;
    } catch {
      this.desk.say("no_answer");
      return 0;
    }
  }
}
