// SVG elements by name and attributes. Attributes only: the page's policy knows no inline styles.
const NS = "http://www.w3.org/2000/svg";

/** @param {string} name @param {Record<string, string | number | null>} [attributes] @returns {any} */
export function svg(name, attributes = {}) {
  return dress(document.createElementNS(NS, name), attributes);
}

/** @param {Element} element @param {Record<string, string | number | null>} attributes @returns {any} */
export function dress(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null) element.removeAttribute(key);
    else if (element.getAttribute(key) !== String(value)) element.setAttribute(key, String(value));
  }
  return element;
}

/** @param {[number, number, number, number]} box @param {Record<string, string | number | null>} [more] */
export const boxed = ([x, y, width, height], more = {}) => ({ x, y, width, height, ...more });
