// The canvas by keyboard: Tab walks the elements in reading order, arrows move, and the usual keys do the usual things.
import { doings } from "./doings.js";
/** @typedef {import("./desk.js").Desk} Desk */

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FINE = 0.5;
const COARSE = 5;

/** @param {Desk} desk @param {import("./canvas.js").Canvas} canvas @param {import("./pointing.js").Pointing} pointing @param {HTMLElement} root */
export function listen(desk, canvas, pointing, root) {
  const { overlay } = canvas;
  overlay.addEventListener("focusin", (/** @type {FocusEvent} */ event) => {
    const id = /** @type {Element} */ (event.target).getAttribute("data-id");
    if (!id) return;
    if (!desk.selection.has(id) && !pointing.deed) desk.select([id]);
    inView(canvas, id);
  });
  overlay.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (onCanvas(desk, canvas, pointing, event)) event.preventDefault();
  });
  root.addEventListener("keydown", (event) => {
    if (everywhere(desk, event)) event.preventDefault();
  });
}

/** @param {import("./canvas.js").Canvas} canvas @param {string} id */
function inView(canvas, id) {
  const [x, y] = canvas.desk.shown(id);
  const [left, top] = [x * canvas.scale, y * canvas.scale];
  const { view } = canvas;
  if (left < view.scrollLeft || left > view.scrollLeft + view.clientWidth) view.scrollLeft = left - 40;
  if (top < view.scrollTop || top > view.scrollTop + view.clientHeight) view.scrollTop = top - 40;
}

/** Keys that work wherever the focus is, but for those that a text field has uses of its own for. @param {Desk} desk @param {KeyboardEvent} event */
function everywhere(desk, event) {
  const typing = /** @type {Element} */ (event.target).matches?.("input:not([type=checkbox]):not([type=color]), textarea");
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
  const key = event.key.toLowerCase();
  if (key === "s") return doings.save(desk);
  if (typing) return false;
  if (key === "z") return event.shiftKey ? doings.redo(desk) : doings.undo(desk);
  if (key === "y") return doings.redo(desk);
  return false;
}

/** @param {Desk} desk @param {import("./canvas.js").Canvas} canvas @param {import("./pointing.js").Pointing} pointing @param {KeyboardEvent} event */
function onCanvas(desk, canvas, pointing, event) {
  const arrow = ARROWS[/** @type {keyof typeof ARROWS} */ (event.key)];
  const command = event.ctrlKey || event.metaKey;
  if (arrow && !command && !event.altKey) {
    const by = event.shiftKey ? COARSE : FINE;
    desk.nudge(arrow[0] * by, arrow[1] * by);
    return true;
  }
  if (command) return commanded(desk, event);
  if (event.key === "Escape") return escape(desk, canvas, pointing);
  if (event.key === "Delete" || event.key === "Backspace") return doings.remove(desk);
  if (event.key === " " || event.key === "Enter") return choose(desk, event);
  return false;
}

/** @param {Desk} desk @param {KeyboardEvent} event */
function commanded(desk, event) {
  const key = event.key.toLowerCase();
  if (key === "d") return doings.duplicate(desk);
  if (key === "g") return event.shiftKey ? doings.ungroup(desk) : doings.group(desk);
  if (key === "a") {
    desk.select(desk.layout.elements.filter((element) => !element.locked).map((element) => element.id));
    desk.say("chosen", { count: desk.selection.size });
    return true;
  }
  if (key === "]") return event.shiftKey ? doings.front(desk) : doings.raise(desk);
  if (key === "[") return event.shiftKey ? doings.back(desk) : doings.lower(desk);
  return false;
}

/** Space takes an element into the selection or out of it; Enter goes to its values. @param {Desk} desk @param {KeyboardEvent} event */
function choose(desk, event) {
  const id = /** @type {Element} */ (event.target).getAttribute("data-id");
  if (!id) return false;
  if (event.key === "Enter") {
    desk.select([id]);
    desk.dispatchEvent(new CustomEvent("values"));
  } else if (event.shiftKey) desk.toggle(id);
  else desk.select([id]);
  desk.say("chosen", { count: desk.selection.size });
  return true;
}

/** @param {Desk} desk @param {import("./canvas.js").Canvas} canvas @param {import("./pointing.js").Pointing} pointing */
function escape(desk, canvas, pointing) {
  if (pointing.cancel()) return true;
  desk.select([]);
  canvas.overlay.focus({ preventScroll: true });
  desk.say("chosen_none");
  return true;
}
