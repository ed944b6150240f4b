// The pointer on the canvas: choose, drag, pull a handle, draw a frame around several, take a guide from a ruler.
import { find, round, setPage, stretched, union, withGroups } from "./model.js";
import { linesOf, pulled, snapMove, snapResize, touches } from "./snapping.js";
/** @typedef {import("./canvas.js").Canvas} Canvas */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./model.js").Box} Box */

const REACH = 6; // pixels within which a line pulls
const STILL = 3; // pixels that a hand trembles

export class Pointing {
  /** @param {Desk} desk @param {Canvas} canvas */
  constructor(desk, canvas) {
    this.desk = desk;
    this.canvas = canvas;
    /** @type {any} */ this.deed = null;
    const { overlay } = canvas;
    overlay.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.#down(event));
    overlay.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.#move(event));
    overlay.addEventListener("pointerup", (/** @type {PointerEvent} */ event) => this.#up(event));
    overlay.addEventListener("pointercancel", () => this.cancel());
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  #at(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.canvas.overlay.getScreenCTM().inverse());
    return [at.x, at.y];
  }

  /** The topmost element under a point; what is locked or not shown is passed through. @param {[number, number]} at */
  hit([x, y]) {
    const { layout } = this.desk;
    const found = layout.elements
      .map((element, order) => ({ element, order, box: this.#turned(element, x, y) }))
      .filter(({ element, box: [left, top, w, h, px, py] }) =>
        !element.locked && !element.hidden && px >= left && px <= left + w && py >= top && py <= top + h);
    found.sort((a, b) => (a.element.z ?? 1) - (b.element.z ?? 1) || a.order - b.order);
    return found[found.length - 1]?.element.id ?? null;
  }

  /** @param {any} element */
  #angle(element) { return (element.rotate ?? 0) * (this.desk.rtl ? -1 : 1); }

  /** A box and the point in its own, unturned frame. @param {any} element @param {number} x @param {number} y */
  #turned(element, x, y) {
    const [left, top, w, h] = this.desk.shown(element.id);
    const [px, py] = spun([x, y], [left + w / 2, top + h / 2], -this.#angle(element));
    // Hairlines are hard to meet: a little more than what is drawn counts.
    const more = Math.max(0, 4 / this.canvas.scale - Math.min(w, h) / 2);
    return [left - more, top - more, w + 2 * more, h + 2 * more, px, py];
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0 || this.deed) return;
    event.preventDefault();
    const at = this.#at(event);
    const target = /** @type {Element} */ (event.target);
    const start = { at, x: event.clientX, y: event.clientY, shift: event.shiftKey, moved: false };
    const handle = target.getAttribute("data-handle");
    const ruler = target.getAttribute("data-ruler");
    if (handle) this.deed = { ...start, kind: "resize", handle, ...this.#chosen() };
    else if (ruler) this.deed = { ...start, kind: "guide", axis: ruler };
    else this.deed = this.#onPage(start, at, event.shiftKey || event.ctrlKey || event.metaKey);
    this.canvas.overlay.setPointerCapture(event.pointerId);
  }

  /** @param {any} start @param {[number, number]} at @param {boolean} more */
  #onPage(start, at, more) {
    const id = this.hit(at);
    if (!id) {
      if (!more) this.desk.select([]);
      this.canvas.overlay.focus({ preventScroll: true });
      return { ...start, kind: "marquee", before: [...this.desk.selection] };
    }
    if (more) this.desk.toggle(id);
    else if (!this.desk.selection.has(id)) this.desk.select([id]);
    this.canvas.rects.get(id)?.focus({ preventScroll: true });
    if (!this.desk.selection.has(id)) return null;
    return { ...start, kind: "move", id, more, ...this.#chosen() };
  }

  #chosen() {
    const ids = this.desk.free(this.desk.chosen);
    const boxes = new Map(ids.map((id) => [id, this.desk.shown(id)]));
    const others = this.desk.layout.elements.filter((element) => !this.desk.selection.has(element.id) && !element.hidden);
    const lines = linesOf({
      page: this.desk.page,
      margin: this.desk.begin.margin,
      guides: this.desk.layout.guides,
      boxes: others.map((element) => this.desk.shown(element.id)),
    });
    return { boxes, from: boxes.size ? union([...boxes.values()]) : null, lines };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const { deed } = this;
    if (!deed) return;
    const far = Math.hypot(event.clientX - deed.x, event.clientY - deed.y);
    if (!deed.moved && far < STILL) return;
    deed.moved = true;
    const at = this.#at(event);
    const [dx, dy] = [at[0] - deed.at[0], at[1] - deed.at[1]];
    const reach = this.desk.view.snap && !event.altKey ? REACH / this.canvas.scale : 0;
    if (deed.kind === "move") this.#drag(deed, dx, dy, reach, event.shiftKey && !deed.more);
    if (deed.kind === "resize") this.#pull(deed, dx, dy, reach, event.shiftKey);
    if (deed.kind === "marquee") this.#frame(deed, at);
    if (deed.kind === "guide") this.canvas.drag({ boxes: new Map(), marquee: null, x: deed.axis === "x" ? round(at[0]) : null, y: deed.axis === "y" ? round(at[1]) : null });
  }

  /** @param {any} deed @param {number} dx @param {number} dy @param {number} reach @param {boolean} straight */
  #drag(deed, dx, dy, reach, straight) {
    if (!deed.from) return;
    if (straight) [dx, dy] = Math.abs(dx) > Math.abs(dy) ? [dx, 0] : [0, dy];
    const [x, y, w, h] = deed.from;
    const grid = reach && this.desk.view.grid ? 1 : 0;
    const snapped = reach ? snapMove([x + dx, y + dy, w, h], deed.lines, reach, grid) : { box: [x + dx, y + dy, w, h], x: null, y: null };
    const [mx, my] = [straight && !dx ? 0 : snapped.box[0] - x, straight && !dy ? 0 : snapped.box[1] - y];
    const boxes = new Map([...deed.boxes].map(([id, box]) => [id, [round(box[0] + mx), round(box[1] + my), box[2], box[3]]]));
    this.canvas.drag({ boxes, x: snapped.x, y: snapped.y, marquee: null });
  }

  /** @param {any} deed @param {number} dx @param {number} dy @param {number} reach @param {boolean} keep */
  #pull(deed, dx, dy, reach, keep) {
    if (!deed.from) return;
    const alone = deed.boxes.size === 1 ? find(this.desk.layout, [...deed.boxes.keys()][0]) : null;
    const angle = alone ? this.#angle(alone) : 0;
    const [lx, ly] = spun([dx, dy], [0, 0], -angle);
    const free = pulled(deed.from, deed.handle, lx, ly, { keep });
    const { box, x, y } = reach && !angle ? snapResize(free, deed.handle, deed.lines, reach, keep) : { box: free, x: null, y: null };
    const boxes = stretched(deed.boxes, deed.from, angle ? anchored(deed.from, box, angle) : box);
    this.canvas.drag({ boxes, x, y, marquee: null });
  }

  /** @param {any} deed @param {[number, number]} at */
  #frame(deed, at) {
    const box = /** @type {Box} */ ([Math.min(at[0], deed.at[0]), Math.min(at[1], deed.at[1]), Math.abs(at[0] - deed.at[0]), Math.abs(at[1] - deed.at[1])]);
    const { layout } = this.desk;
    const met = layout.elements.filter((e) => !e.locked && !e.hidden && touches(box, this.desk.shown(e.id))).map((e) => e.id);
    this.desk.select(withGroups(layout, [...(deed.shift ? deed.before : []), ...met]), { groups: false });
    this.canvas.drag({ boxes: new Map(), x: null, y: null, marquee: box });
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const { deed } = this;
    const live = this.canvas.live;
    this.deed = this.canvas.live = null;
    if (!deed?.moved || !live) return;
    if (deed.kind === "guide") this.#guide(deed.axis, this.#at(event)[deed.axis === "x" ? 0 : 1]);
    else if (live.boxes.size) {
      this.desk.put(live.boxes);
      const [x, y, w, h] = union(this.desk.chosen.map((id) => find(this.desk.layout, id).box));
      this.desk.say(deed.kind === "move" ? "moved" : "resized", { x, y, w, h });
    } else this.canvas.draw();
  }

  /** @param {"x" | "y"} axis @param {number} value */
  #guide(axis, value) {
    const guides = { x: [], y: [], ...this.desk.layout.guides };
    if (value < 0 || value > this.desk.page[axis === "x" ? 0 : 1] || guides[axis].length >= 20) return;
    this.desk.apply(setPage(this.desk.layout, "guides", { ...guides, [axis]: [...guides[axis], round(value)] }));
    this.desk.say("guide", { at: round(value) });
  }

  /** Leave everything as it was before the pointer went down. */
  cancel() {
    const busy = Boolean(this.deed);
    this.deed = null;
    if (this.canvas.live) this.canvas.drag(null);
    return busy;
  }
}

/** A point turned about another. @param {[number, number]} point @param {[number, number]} about @param {number} degrees @returns {[number, number]} */
function spun([x, y], [cx, cy], degrees) {
  if (!degrees) return [x, y];
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return [cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos];
}

/** The box of a turned element moved so that what was not pulled stays where one sees it. @param {Box} from @param {Box} to @param {number} degrees @returns {Box} */
function anchored(from, to, degrees) {
  const [c0x, c0y] = [from[0] + from[2] / 2, from[1] + from[3] / 2];
  const [cx, cy] = spun([to[0] + to[2] / 2, to[1] + to[3] / 2], [c0x, c0y], degrees);
  return [cx - to[2] / 2, cy - to[3] / 2, to[2], to[3]];
}
