// Where a box comes to rest: on guides, the page's edges, margins and middle, and in line with other boxes. Pure.
/** @typedef {import("./model.js").Box} Box */
/** @typedef {{x: number[], y: number[]}} Lines */

/** @param {{page: [number, number], margin: number, guides?: Partial<Lines>, boxes: Box[]}} around @returns {Lines} */
export function linesOf({ page: [width, height], margin, guides = {}, boxes }) {
  const x = [0, margin, width / 2, width - margin, width, ...(guides.x ?? [])];
  const y = [0, margin, height / 2, height - margin, height, ...(guides.y ?? [])];
  for (const [left, top, w, h] of boxes) {
    x.push(left, left + w / 2, left + w);
    y.push(top, top + h / 2, top + h);
  }
  return { x: unique(x), y: unique(y) };
}

/** @param {number[]} values */
const unique = (values) => [...new Set(values.map((value) => Math.round(value * 100) / 100))].sort((a, b) => a - b);

/** How far to go so that one of the places lies on one of the lines; nothing within reach is 0. @param {number[]} places @param {number[]} lines @param {number} reach */
export function pull(places, lines, reach) {
  let best = { by: 0, line: /** @type {number | null} */ (null), far: reach + 1e-9 };
  for (const line of lines) {
    for (const place of places) {
      const far = Math.abs(line - place);
      if (far < best.far) best = { by: line - place, line, far };
    }
  }
  return best;
}

/** A box that is moved. @param {Box} box @param {Lines} lines @param {number} reach @param {number} [grid] steps where nothing is near; 0 for none */
export function snapMove([x, y, w, h], lines, reach, grid = 0) {
  const across = pull([x, x + w / 2, x + w], lines.x, reach);
  const down = pull([y, y + h / 2, y + h], lines.y, reach);
  const dx = across.line === null ? step(x, grid) : across.by;
  const dy = down.line === null ? step(y, grid) : down.by;
  return { box: /** @type {Box} */ ([x + dx, y + dy, w, h]), x: across.line, y: down.line };
}

/** @param {number} value @param {number} grid */
const step = (value, grid) => (grid ? Math.round(value / grid) * grid - value : 0);

/** The edges that a handle moves: -1 the first, 1 the second, 0 neither. @type {Record<string, [number, number]>} */
export const HANDLES = { nw: [-1, -1], n: [0, -1], ne: [1, -1], e: [1, 0], se: [1, 1], s: [0, 1], sw: [-1, 1], w: [-1, 0] };

/** A box whose handle is pulled. @param {Box} box @param {string} handle @param {number} dx @param {number} dy @param {{keep?: boolean, least?: number}} [how] */
export function pulled([x, y, w, h], handle, dx, dy, { keep = false, least = 1 } = {}) {
  const [across, down] = HANDLES[handle];
  let wide = Math.max(least, w + across * dx);
  let tall = Math.max(least, h + down * dy);
  if (keep) {
    const scale = across && down ? Math.max(wide / w, tall / h) : across ? wide / w : tall / h;
    [wide, tall] = [w * scale, h * scale];
  }
  const left = across < 0 ? x + w - wide : across === 0 && keep ? x + (w - wide) / 2 : x;
  const top = down < 0 ? y + h - tall : down === 0 && keep ? y + (h - tall) / 2 : y;
  return /** @type {Box} */ ([left, top, wide, tall]);
}

/** The same on the lines within reach; a kept proportion is not bent for them. @param {Box} box @param {string} handle @param {Lines} lines @param {number} reach @param {boolean} keep */
export function snapResize(box, handle, lines, reach, keep) {
  const [across, down] = HANDLES[handle];
  const [x, y, w, h] = box;
  const nearX = across ? pull([across < 0 ? x : x + w], lines.x, reach) : { by: 0, line: null };
  const nearY = down ? pull([down < 0 ? y : y + h], lines.y, reach) : { by: 0, line: null };
  if (keep) return { box, x: null, y: null };
  return { box: pulled(box, handle, nearX.by, nearY.by), x: nearX.line, y: nearY.line };
}

/** Whether two boxes touch. @param {Box} one @param {Box} other */
export const touches = ([x, y, w, h], [left, top, wide, tall]) => x < left + wide && left < x + w && y < top + tall && top < y + h;
