// The drawing that lies over the proof: frames that take the focus, the selection with its handles, rulers, guides.
import { find, union } from "./model.js";
import { HANDLES } from "./snapping.js";
import { boxed, dress, svg } from "./svg.js";
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./model.js").Box} Box */

const NATURAL = 96 / 25.4; // pixels of a millimetre at 100 %
export const RULER = 22; // pixels
const HANDLE = 9;
const GRIP = 26;

export class Canvas {
  /** @param {Desk} desk @param {HTMLElement} root */
  constructor(desk, root) {
    this.desk = desk;
    this.view = /** @type {HTMLElement} */ (root.querySelector("[data-view]"));
    this.paper = /** @type {HTMLElement} */ (root.querySelector("[data-paper]"));
    this.frame = /** @type {HTMLIFrameElement} */ (root.querySelector("[data-frame]"));
    this.overlay = /** @type {any} */ (root.querySelector("[data-overlay]"));
    this.layers = Object.fromEntries(["grid", "frames", "guides", "selection", "rulers"].map((name) => [name, this.overlay.appendChild(svg("g", { class: `over-${name}` }))]));
    /** @type {Map<string, any>} */ this.rects = new Map();
    /** @type {{boxes: Map<string, Box>, x: number | null, y: number | null, marquee: Box | null} | null} */ this.live = null;
    for (const type of ["layout", "selection", "look", "view"]) desk.addEventListener(type, () => this.draw());
    for (const type of ["layout", "look"]) desk.addEventListener(type, () => this.follow());
    new ResizeObserver(() => this.desk.view.zoom === "fit" && this.draw()).observe(this.view);
  }

  get scale() { return this.desk.view.scale; }

  #measure() {
    const [width, height] = this.desk.page;
    const { zoom } = this.desk.view;
    const room = this.view.clientWidth - RULER - 24;
    const scale = zoom === "fit" ? Math.max(0.4, room / width) : zoom * NATURAL;
    this.desk.view.scale = scale;
    const [w, h] = [width * scale + RULER, height * scale + RULER];
    Object.assign(this.paper.style, { width: `${w}px`, height: `${h}px` });
    Object.assign(this.frame.style, { width: `${width * NATURAL}px`, height: `${height * NATURAL}px`, transform: `scale(${scale / NATURAL})` });
    const edge = RULER / scale;
    dress(this.overlay, { viewBox: `${-edge} ${-edge} ${width + edge} ${height + edge}`, width: w, height: h });
  }

  draw() {
    this.#measure();
    this.#grid();
    this.#frames();
    this.#selection();
    this.#guides();
    this.#rulers();
  }

  /** While something is dragged: boxes as they would be, and the lines they rest on. @param {Canvas["live"]} live */
  drag(live) {
    this.live = live;
    this.#frames();
    this.#selection();
    this.#guides();
    this.follow();
  }

  /** @param {string} id @returns {Box} */
  boxOf(id) { return this.live?.boxes.get(id) ?? this.desk.shown(id); }

  #grid() {
    const [width, height] = this.desk.page;
    const { grid } = this.desk.view;
    this.layers.grid.replaceChildren();
    if (!grid) return;
    const path = [];
    for (let x = 5; x < width; x += 5) path.push(`M${x} 0V${height}`);
    for (let y = 5; y < height; y += 5) path.push(`M0 ${y}H${width}`);
    this.layers.grid.append(svg("path", { d: path.join(""), class: "grid-line" }));
  }

  #frames() {
    const { layout, selection, look } = this.desk;
    const faulty = new Set(look.problems.map((problem) => layout.elements[Number(problem.pointer.split("/")[2])]?.id));
    const rects = layout.elements.map((element) => {
      const rect = this.rects.get(element.id) ?? svg("rect", { tabindex: 0, role: "button", "data-id": element.id });
      this.rects.set(element.id, rect);
      const box = this.boxOf(element.id);
      const marks = ["frame", selection.has(element.id) && "on", faulty.has(element.id) && "faulty", element.locked && "locked", element.hidden && "unseen"];
      dress(rect, boxed(box, {
        class: marks.filter(Boolean).join(" "),
        transform: turn(element, box, this.desk.rtl),
        "aria-pressed": String(selection.has(element.id)),
        "aria-label": this.desk.name(element.id),
      }));
      return rect;
    });
    const now = this.layers.frames.children;
    if (rects.length !== now.length || rects.some((rect, at) => rect !== now[at])) {
      const focused = document.activeElement;
      this.layers.frames.replaceChildren(...rects);
      if (rects.includes(focused)) focused.focus({ preventScroll: true });
    }
    for (const id of this.rects.keys()) if (!find(layout, id)) this.rects.delete(id);
  }

  /** The box around what is chosen, as one sees it. @returns {Box | null} */
  around() {
    const boxes = this.desk.chosen.map((id) => this.boxOf(id));
    return boxes.length ? union(boxes) : null;
  }

  #selection() {
    const box = this.around();
    this.layers.selection.replaceChildren();
    if (this.live?.marquee) this.layers.selection.append(svg("rect", boxed(this.live.marquee, { class: "marquee" })));
    if (!box) return;
    const { chosen } = this.desk;
    const alone = chosen.length === 1 ? find(this.desk.layout, chosen[0]) : null;
    const holder = svg("g", { transform: alone ? turn(alone, box, this.desk.rtl) : null });
    holder.append(svg("rect", boxed(box, { class: "sel" })));
    if (this.desk.free(chosen).length === chosen.length) for (const name of Object.keys(HANDLES)) holder.append(...this.#handle(name, box));
    this.layers.selection.append(holder);
  }

  /** What one sees is small, what one meets is large; of a thin box most of that lies outside, or it could not be dragged. @param {string} name @param {Box} box */
  #handle(name, [x, y, w, h]) {
    const [across, down] = HANDLES[name];
    const [cx, cy] = [x + (w * (across + 1)) / 2, y + (h * (down + 1)) / 2];
    const [small, large] = [HANDLE / this.scale, GRIP / this.scale];
    const aside = (/** @type {number} */ side) => large / 2 - Math.min(large / 2, side / 4);
    const [gx, gy] = [cx + across * aside(w), cy + down * aside(h)];
    const around = (/** @type {number} */ ax, /** @type {number} */ ay, /** @type {number} */ side) => boxed([ax - side / 2, ay - side / 2, side, side]);
    return [svg("rect", { ...around(gx, gy, large), class: `grip grip-${name}`, "data-handle": name }), svg("rect", { ...around(cx, cy, small), class: "handle" })];
  }

  #guides() {
    const [width, height] = this.desk.page;
    const { x = [], y = [] } = this.desk.layout.guides ?? {};
    const lines = [
      ...x.map((/** @type {number} */ at) => svg("path", { d: `M${at} 0V${height}`, class: "rule" })),
      ...y.map((/** @type {number} */ at) => svg("path", { d: `M0 ${at}H${width}`, class: "rule" })),
    ];
    if (typeof this.live?.x === "number") lines.push(svg("path", { d: `M${this.live.x} 0V${height}`, class: "guide" }));
    if (typeof this.live?.y === "number") lines.push(svg("path", { d: `M0 ${this.live.y}H${width}`, class: "guide" }));
    this.layers.guides.replaceChildren(...lines);
  }

  #rulers() {
    const [width, height] = this.desk.page;
    const { scale } = this;
    const edge = RULER / scale;
    const stepOf = [5, 10, 20, 50].find((mm) => mm * scale >= 26) ?? 100;
    const type = { "font-size": 9 / scale };
    const marks = [svg("rect", { x: -edge, y: -edge, width: width + edge, height: edge, class: "ruler", "data-ruler": "y" })];
    marks.push(svg("rect", { x: -edge, y: -edge, width: edge, height: height + edge, class: "ruler", "data-ruler": "x" }));
    const ticks = [];
    for (let x = 0; x <= width; x += stepOf) {
      ticks.push(`M${x} ${-edge * 0.35}V0`);
      marks.push(Object.assign(svg("text", { x: x + 1.5 / scale, y: -edge * 0.42, ...type }), { textContent: String(x) }));
    }
    for (let y = 0; y <= height; y += stepOf) {
      ticks.push(`M${-edge * 0.35} ${y}H0`);
      if (y) marks.push(Object.assign(svg("text", { x: -edge + 1 / scale, y: y - 1.5 / scale, ...type }), { textContent: String(y) }));
    }
    this.layers.rulers.replaceChildren(...marks, svg("path", { d: ticks.join(""), class: "tick" }));
  }

  /** Let the elements of the proof stand where they will, until the server has drawn them anew. */
  follow() {
    const page = this.frame.contentDocument;
    if (!page) return;
    for (const { id, hidden } of this.desk.layout.elements) {
      const element = /** @type {HTMLElement | null} */ (page.querySelector(`[data-element="${id}"]`));
      if (!element) continue;
      const [left, top, width, height] = this.boxOf(id).map((value) => `${value}mm`);
      Object.assign(element.style, { left, top, width, height, visibility: hidden ? "hidden" : "" });
    }
  }
}

/** A mirrored page turns the other way. @param {any} element @param {Box} box @param {boolean} rtl */
const turn = (element, [x, y, w, h], rtl) => (element.rotate ? `rotate(${rtl ? -element.rotate : element.rotate} ${x + w / 2} ${y + h / 2})` : null);
