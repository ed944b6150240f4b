// What can be done to a layout. Pure: every function answers a new layout and leaves the old one as it was.
/** @typedef {[number, number, number, number]} Box left, top, width and height in millimetres */
/** @typedef {{id: string, type: string, box: Box, z?: number, label?: string, locked?: boolean, group?: string, below?: [string, number], [key: string]: any}} Piece */
/** @typedef {{page: {size: string, orientation: string}, locale: string, elements: Piece[], [key: string]: any}} Layout */

export const MOST = 80;
const LEAST = 0.1;
const EVEN_LOCKED = new Set(["locked", "label", "hidden"]); // what may be changed of an element that stays where it is

/** Hundredths of a millimetre are finer than any printer. @param {number} value */
export const round = (value) => Math.round(value * 100) / 100;

/** @param {Layout} layout @param {(draft: Layout) => void} edit @returns {Layout} */
export function edited(layout, edit) {
  const draft = structuredClone(layout);
  edit(draft);
  return draft;
}

/** @param {Layout} layout @param {string} id @returns {Piece | undefined} */
export const find = (layout, id) => layout.elements.find((element) => element.id === id);

/** The same box on a right-to-left page, which is the mirror of its layout. @param {Box} box @param {number} width @returns {Box} */
export const mirrored = ([x, y, w, h], width) => [round(width - x - w), y, w, h];

/** The smallest box around several. @param {Box[]} boxes @returns {Box} */
export function union(boxes) {
  const left = Math.min(...boxes.map(([x]) => x));
  const top = Math.min(...boxes.map(([, y]) => y));
  const right = Math.max(...boxes.map(([x, , w]) => x + w));
  const bottom = Math.max(...boxes.map(([, y, , h]) => y + h));
  return [round(left), round(top), round(right - left), round(bottom - top)];
}

/** A selection with all that is grouped with it, in reading order. @param {Layout} layout @param {Iterable<string>} ids */
export function withGroups(layout, ids) {
  const chosen = new Set(ids);
  const groups = new Set(layout.elements.filter((e) => chosen.has(e.id) && e.group).map((e) => e.group));
  return layout.elements.filter((e) => chosen.has(e.id) || (e.group && groups.has(e.group))).map((e) => e.id);
}

/** @param {Layout} draft @param {Iterable<string>} ids */
function free(draft, ids) {
  const chosen = new Set(ids);
  return draft.elements.filter((element) => chosen.has(element.id) && !element.locked);
}

/** @param {Piece} element @param {Box} box */
function place(element, box) {
  // Somebody who moves a text up or down means that place: it no longer follows the text above it.
  if (element.below && round(box[1]) !== round(element.box[1])) delete element.below;
  element.box = /** @type {Box} */ ([round(box[0]), round(box[1]), Math.max(LEAST, round(box[2])), Math.max(LEAST, round(box[3]))]);
}

/** New boxes by id; what is locked stays. @param {Layout} layout @param {Map<string, Box>} boxes */
export const placed = (layout, boxes) =>
  edited(layout, (draft) => free(draft, boxes.keys()).forEach((element) => place(element, boxes.get(element.id))));

/** @param {Layout} layout @param {Iterable<string>} ids @param {number} dx @param {number} dy */
export const moved = (layout, ids, dx, dy) =>
  edited(layout, (draft) =>
    free(draft, ids).forEach((e) => place(e, [e.box[0] + dx, e.box[1] + dy, e.box[2], e.box[3]])));

/** Every box of a selection as it lies when the box around them goes from one to another. @param {Map<string, Box>} boxes @param {Box} from @param {Box} to */
export function stretched(boxes, from, to) {
  const [sx, sy] = [to[2] / from[2], to[3] / from[3]];
  return new Map([...boxes].map(([id, [x, y, w, h]]) =>
    [id, /** @type {Box} */ ([to[0] + (x - from[0]) * sx, to[1] + (y - from[1]) * sy, w * sx, h * sy])]));
}

/** Set one value; undefined takes it away. @param {Layout} layout @param {Iterable<string>} ids @param {string} path @param {unknown} value */
export const set = (layout, ids, path, value) =>
  edited(layout, (draft) => {
    const steps = path.split(".");
    const chosen = new Set(ids);
    for (const element of draft.elements) {
      if (!chosen.has(element.id) || (element.locked && !EVEN_LOCKED.has(path))) continue;
      assign(element, steps, value);
    }
  });

/** The same for what is not an element: page, theme, background, border. @param {Layout} layout @param {string} path @param {unknown} value */
export const setPage = (layout, path, value) => edited(layout, (draft) => assign(draft, path.split("."), value));

/** @param {any} holder @param {string[]} steps @param {unknown} value */
function assign(holder, steps, value) {
  const last = steps[steps.length - 1];
  for (const step of steps.slice(0, -1)) {
    if (holder[step] === undefined || typeof holder[step] !== "object") {
      if (value === undefined) return;
      holder[step] = {};
    }
    holder = holder[step];
  }
  if (value === undefined) delete holder[last];
  else holder[last] = value;
}

/** The value at a path, or undefined. @param {any} holder @param {string} path */
export const get = (holder, path) =>
  path.split(".").reduce((value, step) => (value === undefined || value === null ? undefined : value[step]), holder);

/** A name that no element has yet. @param {Layout} layout @param {string} kind */
export function freeId(layout, kind) {
  const taken = new Set(layout.elements.map((element) => element.id));
  let number = 1;
  let id = kind;
  while (taken.has(id)) id = `${kind}-${(number += 1)}`;
  return id;
}

/** @param {Layout} layout @param {Piece} piece @returns {{layout: Layout, ids: string[]}} */
export function added(layout, piece) {
  const element = { ...structuredClone(piece), id: freeId(layout, piece.type) };
  return { layout: edited(layout, (draft) => draft.elements.push(element)), ids: [element.id] };
}

/** @param {Layout} layout @param {Iterable<string>} ids */
export const removed = (layout, ids) =>
  edited(layout, (draft) => {
    const gone = new Set(free(draft, ids).map((element) => element.id));
    draft.elements = draft.elements.filter((element) => !gone.has(element.id));
    for (const element of draft.elements) if (element.below && gone.has(element.below[0])) delete element.below;
  });

/** Copies a little to the side, read after what they were copied from. @param {Layout} layout @param {Iterable<string>} ids @param {number} [by] */
export function duplicated(layout, ids, by = 5) {
  /** @type {string[]} */ const made = [];
  const groups = new Map();
  const result = edited(layout, (draft) => {
    for (const id of [...ids]) {
      const at = draft.elements.findIndex((element) => element.id === id);
      if (at < 0 || draft.elements.length >= MOST) continue;
      const copy = structuredClone(draft.elements[at]);
      copy.id = freeId(draft, copy.type);
      delete copy.below;
      delete copy.locked;
      if (copy.group) copy.group = groups.get(copy.group) ?? groups.set(copy.group, freeGroup(draft, groups)).get(copy.group);
      copy.box = [round(copy.box[0] + by), round(copy.box[1] + by), copy.box[2], copy.box[3]];
      draft.elements.splice(at + 1, 0, copy);
      made.push(copy.id);
    }
  });
  return { layout: result, ids: made };
}

/** @param {Layout} layout @param {Map<string, string>} [also] */
function freeGroup(layout, also = new Map()) {
  const taken = new Set([...layout.elements.map((element) => element.group), ...also.values()]);
  let number = 1;
  while (taken.has(`group-${number}`)) number += 1;
  return `group-${number}`;
}

/** @param {Layout} layout @param {Iterable<string>} ids */
export const grouped = (layout, ids) => set(layout, ids, "group", freeGroup(layout));

/** @param {Layout} layout @param {Iterable<string>} ids */
export const ungrouped = (layout, ids) => set(layout, ids, "group", undefined);

/** Earlier or later in reading order. @param {Layout} layout @param {string} id @param {number} by */
export const reordered = (layout, id, by) =>
  edited(layout, (draft) => {
    const at = draft.elements.findIndex((element) => element.id === id);
    const to = Math.min(draft.elements.length - 1, Math.max(0, at + by));
    if (at >= 0) draft.elements.splice(to, 0, ...draft.elements.splice(at, 1));
  });

/** Painted one step further to the front (1) or the back (-1), or all the way (±Infinity). @param {Layout} layout @param {Iterable<string>} ids @param {number} by */
export const raised = (layout, ids, by) =>
  edited(layout, (draft) => {
    const chosen = new Set(ids);
    const others = draft.elements.filter((element) => !chosen.has(element.id)).map((element) => element.z ?? 1);
    const [low, high] = [Math.min(1, ...others) - 1, Math.max(1, ...others) + 1];
    for (const element of free(draft, chosen)) {
      const z = (element.z ?? 1) + by;
      element.z = Math.max(-100, Math.min(1000, Math.round(z < low ? low : z > high ? high : z)));
    }
  });

/** On other paper everything keeps its size where it can, and its place relative to the page. @param {Layout} layout @param {{size: string, orientation: string}} page @param {Record<string, [number, number]>} sizes */
export function onPaper(layout, page, sizes) {
  const [w0, h0] = sizes[`${layout.page.size} ${layout.page.orientation}`];
  const [w1, h1] = sizes[`${page.size} ${page.orientation}`];
  const [sx, sy] = [w1 / w0, h1 / h0];
  return edited(layout, (draft) => {
    draft.page = { ...page };
    for (const element of draft.elements) {
      const [x, y, w, h] = element.box;
      const round_ = ["badge", "qr", "seal", "image"].includes(element.type);
      const scale = Math.min(1, sx, sy);
      const [wide, tall] = round_ ? [w * scale, h * scale] : [w * sx, element.type === "text" ? h : h * sy];
      element.box = [round((x + w / 2) * sx - wide / 2), round((y + h / 2) * sy - tall / 2), round(wide), round(tall)];
    }
    const ground = draft.background.ground;
    if (ground) Object.assign(ground, { at: [round(ground.at[0] * sx), round(ground.at[1] * sy)] });
  });
}
