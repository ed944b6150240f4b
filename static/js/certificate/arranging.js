// Align and distribute. Pure.
import { find, placed, union } from "./model.js";
/** @typedef {import("./model.js").Layout} Layout */
/** @typedef {import("./model.js").Box} Box */

/** @type {Record<string, (box: Box, all: Box) => Box>} */
const EDGES = {
  left: ([, y, w, h], [x0]) => [x0, y, w, h],
  center: ([, y, w, h], [x0, , w0]) => [x0 + (w0 - w) / 2, y, w, h],
  right: ([, y, w, h], [x0, , w0]) => [x0 + w0 - w, y, w, h],
  top: ([x, , w, h], [, y0]) => [x, y0, w, h],
  middle: ([x, , w, h], [, y0, , h0]) => [x, y0 + (h0 - h) / 2, w, h],
  bottom: ([x, , w, h], [, y0, , h0]) => [x, y0 + h0 - h, w, h],
};

/** Several with one another; one alone with `page`. @param {Layout} layout @param {string[]} ids @param {string} edge @param {Box} page */
export function aligned(layout, ids, edge, page) {
  const boxes = ids.map((id) => find(layout, id).box);
  const all = ids.length > 1 ? union(boxes) : page;
  return placed(layout, new Map(ids.map((id, at) => [id, EDGES[edge](boxes[at], all)])));
}

/** The same room between each and the next; the outermost stay. @param {Layout} layout @param {string[]} ids @param {"x" | "y"} axis */
export function distributed(layout, ids, axis) {
  const [at, size] = axis === "x" ? [0, 2] : [1, 3];
  const items = ids.map((id) => ({ id, box: /** @type {Box} */ ([...find(layout, id).box]) })).sort((a, b) => a.box[at] - b.box[at]);
  if (items.length < 3) return layout;
  const [first, last] = [items[0].box, items[items.length - 1].box];
  const taken = items.reduce((sum, { box }) => sum + box[size], 0);
  const gap = (last[at] + last[size] - first[at] - taken) / (items.length - 1);
  let next = first[at];
  for (const { box } of items) {
    box[at] = next;
    next += box[size] + gap;
  }
  return placed(layout, new Map(items.map(({ id, box }) => [id, box])));
}
