// The list of layers in reading order: choose, rename, move, lock, hide.
import { find, reordered, set } from "./model.js";
/** @typedef {import("./desk.js").Desk} Desk */

export class Layers {
  /** @param {Desk} desk @param {HTMLElement} root */
  constructor(desk, root) {
    this.desk = desk;
    this.list = /** @type {HTMLElement} */ (root.querySelector("[data-layers]"));
    this.model = /** @type {HTMLTemplateElement} */ (root.querySelector("template[data-layer]"));
    this.icons = /** @type {HTMLTemplateElement} */ (root.querySelector("template[data-icons]")).content;
    for (const type of ["layout", "selection"]) desk.addEventListener(type, () => this.draw());
    this.list.addEventListener("click", (event) => this.#click(event));
    this.list.addEventListener("dblclick", (event) => this.#rename(event));
    this.list.addEventListener("keydown", (event) => event.key === "F2" && this.#rename(event));
    this.draw();
  }

  draw() {
    const { layout } = this.desk;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const kept = focused && this.list.contains(focused) ? [focused.closest("li")?.dataset.id, focused.dataset.layerDo] : null;
    const rows = layout.elements.map((element) => this.#row(element.id));
    if (JSON.stringify(rows.map((row) => row.outerHTML)) === this.before) return;
    this.before = JSON.stringify(rows.map((row) => row.outerHTML));
    this.list.replaceChildren(...rows);
    if (kept) /** @type {HTMLElement | null} */ (this.list.querySelector(`li[data-id="${kept[0]}"] [data-layer-do="${kept[1]}"]:not([hidden])`))?.focus();
  }

  /** @param {string} id */
  #row(id) {
    const element = find(this.desk.layout, id);
    const row = /** @type {HTMLElement} */ (/** @type {Element} */ (this.model.content.firstElementChild).cloneNode(true));
    const name = this.desk.name(id);
    row.dataset.id = id;
    row.classList.toggle("on", this.desk.selection.has(id));
    row.classList.toggle("unseen", Boolean(element.hidden));
    const icon = this.icons.querySelector(`[data-icon="${element.type}"] svg`);
    if (icon) row.prepend(icon.cloneNode(true));
    for (const button of row.querySelectorAll("button")) {
      const deed = button.dataset.layerDo ?? "";
      if (deed === "pick") {
        button.textContent = name;
        button.setAttribute("aria-pressed", String(this.desk.selection.has(id)));
        if (element.group) button.dataset.group = element.group;
      } else {
        button.setAttribute("aria-label", this.desk.tell(`layer_${this.#state(deed, id)}`, { name }));
        button.hidden = Boolean(button.dataset.when) && button.dataset.when !== this.#state(deed, id);
      }
    }
    return row;
  }

  /** @param {string} deed @param {string} id */
  #state(deed, id) {
    if (deed === "lock") return find(this.desk.layout, id).locked ? "unlock" : "lock";
    if (deed === "hide") return find(this.desk.layout, id).hidden ? "show" : "hide";
    return deed;
  }

  /** @param {Event} event */
  #click(event) {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    const id = button?.closest("li")?.dataset.id;
    if (!button || !id) return;
    const { desk } = this;
    const pointer = /** @type {MouseEvent} */ (event);
    const name = desk.name(id);
    switch (button.dataset.layerDo) {
      case "pick":
        if (pointer.shiftKey || pointer.ctrlKey || pointer.metaKey) desk.toggle(id);
        else desk.select([id]);
        break;
      case "up": case "down":
        desk.apply(reordered(desk.layout, id, button.dataset.layerDo === "up" ? -1 : 1));
        desk.say("read_as", { name, place: desk.layout.elements.findIndex((element) => element.id === id) + 1 });
        break;
      case "lock": {
        const lock = !find(desk.layout, id).locked;
        desk.apply(set(desk.layout, [id], "locked", lock || undefined));
        desk.say(lock ? "locked" : "unlocked", { count: 1 });
        break;
      }
      case "hide": {
        const hide = !find(desk.layout, id).hidden;
        desk.apply(set(desk.layout, [id], "hidden", hide || undefined));
        desk.say(hide ? "hidden" : "shown", { name });
      }
    }
  }

  /** Type a name in place of the button. @param {Event} event */
  #rename(event) {
    const button = /** @type {HTMLElement} */ (event.target).closest('[data-layer-do="pick"]');
    const id = /** @type {HTMLElement | null} */ (button?.closest("li"))?.dataset.id;
    if (!button || !id) return;
    event.preventDefault();
    const input = Object.assign(document.createElement("input"), { className: "input input-s", value: find(this.desk.layout, id).label ?? "", maxLength: 60 });
    input.setAttribute("aria-label", this.desk.tell("layer_rename", { name: this.desk.name(id) }));
    input.placeholder = this.desk.name(id);
    button.replaceWith(input);
    input.focus();
    const done = (/** @type {boolean} */ keep) => {
      this.before = "";
      input.onblur = null;
      if (keep) this.desk.apply(set(this.desk.layout, [id], "label", input.value.trim() || undefined));
      this.draw();
      /** @type {HTMLElement | null} */ (this.list.querySelector(`li[data-id="${id}"] .pick`))?.focus();
    };
    input.onblur = () => done(true);
    input.addEventListener("keydown", (key) => {
      key.stopPropagation();
      if (key.key === "Enter") { key.preventDefault(); done(true); }
      if (key.key === "Escape") done(false);
    });
  }
}
