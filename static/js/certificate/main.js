// The certificate designer: it takes the place of the plain form where scripts run.
import { Canvas } from "./canvas.js";
import { Checks } from "./checks.js";
import { Desk } from "./desk.js";
import { doings } from "./doings.js";
import { listen } from "./keyboard.js";
import { Layers } from "./layers.js";
import { Pointing } from "./pointing.js";
import { Server } from "./server.js";
import { Values } from "./values.js";

/** @param {HTMLElement} root */
function begin(root) {
  const desk = new Desk(JSON.parse(/** @type {HTMLElement} */ (document.getElementById("certificate-desk")).textContent ?? "{}"));
  for (const plain of document.querySelectorAll("[data-certificate-plain]")) plain.remove();
  root.hidden = false;
  const canvas = new Canvas(desk, root);
  const pointing = new Pointing(desk, canvas);
  listen(desk, canvas, pointing, root);
  const server = new Server(desk, canvas.frame);
  new Layers(desk, root);
  new Values(desk, root);
  new Checks(desk, root);
  canvas.draw();
  announce(desk, root);
  toolbar(desk, root);
  saving(desk, server, root);
}

/** One live region for everything that a sighted person sees happen. @param {Desk} desk @param {HTMLElement} root */
function announce(desk, root) {
  const line = /** @type {HTMLElement} */ (root.querySelector("[data-say]"));
  desk.addEventListener("say", (event) => {
    const text = /** @type {CustomEvent} */ (event).detail;
    // The same sentence twice is announced twice only when it changes.
    line.textContent = line.textContent === text ? `${text}\u00a0` : text;
  });
}

/** @param {Desk} desk @param {HTMLElement} root */
function toolbar(desk, root) {
  root.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-do]");
    if (!(button instanceof HTMLElement)) return;
    doings[button.dataset.do ?? ""](desk, button.dataset.value);
    /** @type {HTMLElement | null} */ (button.closest("[popover]"))?.hidePopover();
  });
  root.addEventListener("change", (event) => {
    const control = /** @type {HTMLSelectElement} */ (event.target);
    if (control.dataset.view) desk.change({ [control.dataset.view]: control.value });
  });
  const show = () => {
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (root.querySelectorAll("[data-do=undo]"))) button.setAttribute("aria-disabled", String(!desk.history.canUndo));
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (root.querySelectorAll("[data-do=redo]"))) button.setAttribute("aria-disabled", String(!desk.history.canRedo));
    root.querySelector("[data-do=grid]")?.setAttribute("aria-pressed", String(desk.view.grid));
    root.querySelector("[data-do=snap]")?.setAttribute("aria-pressed", String(desk.view.snap));
    const zoom = root.querySelector("[data-zoom]");
    if (zoom) zoom.textContent = `${Math.round((desk.view.scale * 2540) / 96)} %`;
  };
  for (const type of ["layout", "view"]) desk.addEventListener(type, show);
  show();
}

/** @param {Desk} desk @param {Server} server @param {HTMLElement} root */
function saving(desk, server, root) {
  const state = /** @type {HTMLElement} */ (root.querySelector("[data-kept]"));
  const button = /** @type {HTMLButtonElement} */ (root.querySelector("[data-save]"));
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("certificate-meanwhile"));
  const show = () => { state.textContent = desk.words[desk.dirty ? "unsaved" : "saved"]; };
  const save = async (/** @type {number | undefined} */ edits) => {
    button.setAttribute("aria-busy", "true");
    await server.save(edits);
    button.removeAttribute("aria-busy");
  };
  for (const type of ["layout", "saved"]) desk.addEventListener(type, show);
  desk.addEventListener("saved", () => {
    desk.say("saved_now");
    document.body.dispatchEvent(new CustomEvent("certificate-saved"));
  });
  desk.addEventListener("save", () => save(undefined));
  /** @type {HTMLFormElement} */ (root.querySelector("form")).addEventListener("submit", (event) => { event.preventDefault(); save(undefined); });
  desk.addEventListener("meanwhile", (event) => {
    const { problems, edits } = /** @type {CustomEvent} */ (event).detail;
    /** @type {HTMLElement} */ (dialog.querySelector("[data-who]")).textContent = problems[0].message;
    /** @type {HTMLButtonElement} */ (dialog.querySelector("[data-over]")).onclick = () => { dialog.close(); save(edits); };
    dialog.showModal();
  });
  window.addEventListener("beforeunload", (event) => { if (desk.dirty) event.preventDefault(); });
  show();
}

const root = document.querySelector("[data-certificate]");
if (root instanceof HTMLElement) begin(root);
