// What is on the desk: the layout, what is chosen, what the server said of it. Everything else listens to it.
import { find, get, mirrored, placed, round, union, withGroups } from "./model.js";
import { History } from "./history.js";
/** @typedef {import("./model.js").Layout} Layout */
/** @typedef {import("./model.js").Box} Box */
/** @typedef {{pointer: string, code: string, message: string}} Problem */

const RTL = new Set(["ar", "he", "fa", "ur"]);

/** Events: `layout` (it changed), `selection`, `look` (the server answered), `view` (zoom, grid), `say` (an announcement). */
export class Desk extends EventTarget {
  /** @param {any} begin what badges/views/drafting.py hands over */
  constructor(begin) {
    super();
    this.begin = begin;
    this.words = begin.words;
    this.edits = begin.edits;
    this.history = new History(/** @type {Layout} */ (begin.layout));
    this.saved = begin.layout;
    /** @type {Set<string>} */ this.selection = new Set();
    /** @type {{layout: Layout | null, frames: Record<string, Box>, problems: Problem[], notes: Problem[], reading: string[], people: Record<string, Problem[]>}} */
    this.look = { layout: null, frames: {}, problems: [], notes: [], reading: [], people: {} };
    this.view = { zoom: /** @type {"fit" | number} */ ("fit"), scale: 1, grid: false, snap: true, person: "short", locale: "" };
    this.language = "";
  }

  get layout() { return this.history.state; }
  get dirty() { return this.layout !== this.saved; }
  /** @returns {[number, number]} */
  get page() { return this.begin.sizes[`${this.layout.page.size} ${this.layout.page.orientation}`]; }
  get rtl() { return RTL.has((this.view.locale || this.layout.locale).split("-")[0]); }
  /** Chosen ids in reading order. */
  get chosen() { return this.layout.elements.filter((e) => this.selection.has(e.id)).map((e) => e.id); }

  /** A sentence of the server's with its blanks filled in. @param {string} key @param {Record<string, string | number>} [blanks] */
  tell(key, blanks = {}) {
    return this.words[key].replace(/%\((\w+)\)s/g, (_all, name) => String(blanks[name] ?? ""));
  }

  /** @param {string} key @param {Record<string, string | number>} [blanks] */
  say(key, blanks) { this.#tellAll("say", this.tell(key, blanks)); }

  /** @param {string} type @param {unknown} [detail] */
  #tellAll(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }

  /** Take a new layout as the next step. @param {Layout} layout @param {{key?: string, select?: Iterable<string>}} [how] */
  apply(layout, { key = "", select } = {}) {
    if (layout === this.layout) return;
    this.history.push(layout, key);
    if (select) this.selection = new Set(select);
    this.#settled();
  }

  #settled() {
    const there = new Set(this.layout.elements.map((element) => element.id));
    this.selection = new Set([...this.selection].filter((id) => there.has(id)));
    this.#tellAll("layout");
    this.#tellAll("selection");
  }

  undo() { this.#step(this.history.undo(), "undone", "nothing_to_undo"); }
  redo() { this.#step(this.history.redo(), "redone", "nothing_to_redo"); }

  /** @param {Layout | undefined} state @param {string} done @param {string} none */
  #step(state, done, none) {
    if (state) this.#settled();
    this.say(state ? done : none);
  }

  /** @param {Iterable<string>} ids @param {{groups?: boolean}} [how] */
  select(ids, { groups = true } = {}) {
    const next = groups ? withGroups(this.layout, ids) : [...ids];
    if (next.length === this.selection.size && next.every((id) => this.selection.has(id))) return;
    this.selection = new Set(next);
    this.history.close();
    this.#tellAll("selection");
  }

  /** @param {string} id */
  toggle(id) {
    const members = withGroups(this.layout, [id]);
    const next = new Set(this.selection);
    for (const each of members) this.selection.has(id) ? next.delete(each) : next.add(each);
    this.select(next, { groups: false });
  }

  /** Where an element stands as one sees it: the server knows what followed a text that took fewer lines. @param {string} id @returns {Box} */
  shown(id) {
    const element = find(this.layout, id);
    const looked = this.look.layout && find(this.look.layout, id);
    const same = looked && this.look.frames[id] && JSON.stringify([looked.box, looked.below]) === JSON.stringify([element.box, element.below]);
    if (same) return [...this.look.frames[id]];
    return this.rtl ? mirrored(element.box, this.page[0]) : [...element.box];
  }

  /** Move elements to where one sees them. @param {Map<string, Box>} boxes as shown @param {string} [key] */
  put(boxes, key = "") {
    const stored = new Map([...boxes].map(([id, box]) => [id, this.rtl ? mirrored(box, this.page[0]) : box]));
    this.apply(placed(this.layout, stored), { key });
  }

  /** @param {number} dx @param {number} dy millimetres as one sees them */
  nudge(dx, dy) {
    const boxes = new Map();
    for (const id of this.chosen) {
      const [x, y, w, h] = this.shown(id);
      boxes.set(id, [x + dx, dy ? y + dy : find(this.layout, id).box[1], w, h]);
    }
    if (!boxes.size) return;
    this.put(boxes, `nudge ${[...boxes.keys()].join(" ")}`);
    const [x, y] = union(this.chosen.map((id) => find(this.layout, id).box));
    this.say(this.free(this.chosen).length ? "moved" : "is_locked", { x: round(x), y: round(y), name: this.name(this.chosen[0]) });
  }

  /** Those that may be changed. @param {Iterable<string>} ids */
  free(ids) { return [...ids].filter((id) => !find(this.layout, id)?.locked); }

  /** What a layer is called. @param {string} id */
  name(id) {
    const element = find(this.layout, id);
    if (!element) return "";
    if (element.label) return element.label;
    const words = get(element, "text");
    const text = typeof words === "object" && words ? words[this.layout.locale] ?? words.en ?? Object.values(words)[0] : words;
    if (element.type !== "text" || !text?.trim()) return this.words.types[element.type] ?? element.id;
    const said = text.replace(/{{\s*([\w.]+)\s*}}/g, (_all, field) => this.words.fields[field] ?? field);
    return said.length > 34 ? `${said.slice(0, 33)}…` : said;
  }

  /** The server's answer. @param {any} answer @param {Layout} layout that was asked about */
  looked(answer, layout) {
    const people = answer.people ?? this.look.people;
    const frames = Object.fromEntries((answer.frames ?? []).map((/** @type {any} */ { id, x, y, w, h }) => [id, [x, y, w, h]]));
    this.look = answer.frames ? { ...answer, frames, layout, people } : { ...this.look, problems: answer.problems, notes: [] };
    this.#tellAll("look", answer);
  }

  /** @param {Partial<Desk["view"]>} changes */
  change(changes) {
    Object.assign(this.view, changes);
    this.#tellAll("view", changes);
  }

  /** @param {number} edits @param {Layout} layout that was stored */
  stored(edits, layout) {
    this.edits = edits;
    this.saved = layout;
    this.#tellAll("saved");
  }
}
