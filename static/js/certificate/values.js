// The panel of exact values: every control says by data-path where its value stands, and by data-for which types have it.
import { find, get, onPaper, round, set, setPage } from "./model.js";
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

const BOX = { "box.0": 0, "box.1": 1, "box.2": 2, "box.3": 3 };

export class Values {
  /** @param {Desk} desk @param {HTMLElement} root */
  constructor(desk, root) {
    this.desk = desk;
    this.root = root;
    this.heading = /** @type {HTMLElement} */ (root.querySelector("[data-values-heading]"));
    this.none = /** @type {HTMLElement} */ (root.querySelector("[data-values-none]"));
    /** @type {Control[]} */ this.controls = [...root.querySelectorAll("[data-path]")].map((control) => /** @type {Control} */ (control));
    /** @type {Control[]} */ this.ofPage = [...root.querySelectorAll("[data-page-path]")].map((control) => /** @type {Control} */ (control));
    for (const type of ["layout", "selection"]) desk.addEventListener(type, () => this.draw());
    desk.addEventListener("values", () => this.focus());
    root.addEventListener("change", (event) => this.#changed(/** @type {Control} */ (event.target)));
    root.addEventListener("input", (event) => {
      const control = /** @type {Control} */ (event.target);
      if (control.dataset.kind === "words") this.#changed(control);
    });
    this.draw();
  }

  focus() {
    const section = this.heading.closest("details");
    if (section) section.open = true;
    this.controls.find((control) => control.offsetParent)?.focus();
  }

  draw() {
    const { chosen, layout } = this.desk;
    const types = new Set(chosen.map((id) => find(layout, id).type));
    this.heading.textContent = chosen.length === 1 ? this.desk.name(chosen[0]) : this.desk.tell(chosen.length ? "several" : "no_element", { count: chosen.length });
    this.none.hidden = chosen.length > 0;
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll("[data-for]"))) {
      const fits = (part.dataset.for ?? "").split(" ");
      part.hidden = !chosen.length || ![...types].every((type) => fits.includes("*") || fits.includes(type));
      if (part.dataset.alone !== undefined && chosen.length !== 1) part.hidden = true;
    }
    for (const control of this.controls) if (!control.closest("[hidden]")) this.#fill(control);
    for (const control of this.ofPage) {
      control.disabled = Boolean(control.dataset.with) && get(layout, control.dataset.with ?? "") === undefined;
      this.#show(control, this.#pageValue(control));
    }
  }

  /** @param {Control} control */
  #fill(control) {
    const path = control.dataset.path ?? "";
    const values = this.desk.chosen.map((id) => this.#valueOf(control, get(find(this.desk.layout, id), path)));
    const same = values.every((value) => value === values[0]);
    control.disabled = !this.desk.free(this.desk.chosen).length && path !== "locked" && path !== "hidden";
    control.dataset.mixed = String(!same);
    this.#show(control, same ? values[0] : undefined);
  }

  /** @param {Control} control @param {any} value */
  #valueOf(control, value) {
    if (control.dataset.kind !== "words" || typeof value !== "object" || !value) return value;
    return value[this.desk.language || this.desk.layout.locale] ?? (this.desk.language ? "" : value.en ?? Object.values(value)[0]);
  }

  /** @param {Control} control @param {any} value */
  #show(control, value) {
    if (control instanceof HTMLInputElement && control.type === "checkbox") { control.checked = Boolean(value); return; }
    if (control instanceof HTMLInputElement && control.type === "color") { control.value = this.#hex(value ?? control.dataset.otherwise); return; }
    if (document.activeElement === control && control.dataset.kind === "words") return;
    const text = value === undefined || value === null ? control.dataset.default ?? "" : String(typeof value === "number" ? round(value) : value);
    if (control instanceof HTMLSelectElement && text && ![...control.options].some((option) => option.value === text)) control.add(new Option(text, text));
    if (control.value !== text) control.value = text;
  }

  /** @param {any} name a palette's name or a hex @returns {string} */
  #hex(name) {
    const value = this.desk.begin.colours[String(name ?? "").replace("metal:", "")] ?? name;
    return /^#[0-9a-f]{6}$/.test(value) ? value : "#000000";
  }

  /** @param {Control} control */
  #pageValue(control) {
    const path = control.dataset.pagePath ?? "";
    if (path === "paper") return `${this.desk.layout.page.size} ${this.desk.layout.page.orientation}`;
    const value = get(this.desk.layout, path);
    return Array.isArray(value) ? value.join(" ") : value;
  }

  /** @param {Control} control */
  #changed(control) {
    if (control.dataset.language !== undefined) return this.#speak(control.value);
    if (control.dataset.insert !== undefined) return this.#insert(control);
    const { path, pagePath } = control.dataset;
    if (!path && !pagePath) return undefined;
    const value = this.#read(control);
    if (value === null) return this.#refuse(control);
    control.removeAttribute("aria-invalid");
    if (pagePath) return this.#setPage(pagePath, value);
    return this.#set(control, path ?? "", value);
  }

  /** The control's value; undefined where it is empty, null where it says nothing that can be stored. @param {Control} control @returns {any} */
  #read(control) {
    if (control instanceof HTMLInputElement && control.type === "checkbox") return control.checked || undefined;
    const text = control.dataset.kind === "words" ? control.value : control.value.trim();
    if (control.dataset.kind === "number") {
      if (!text) return control.required ? null : undefined;
      const number = Number(text.replace(",", "."));
      return Number.isFinite(number) ? round(number) : null;
    }
    if (control.dataset.kind === "numbers") {
      const numbers = text.split(/[\s;]+/).filter(Boolean).map((one) => Number(one.replace(",", ".")));
      return numbers.every((number) => Number.isFinite(number) && number >= 0) ? numbers.map(round) : null;
    }
    if (control.dataset.kind === "colour" && !text) return control.required ? null : undefined;
    if (control.dataset.kind === "colour") return /^(#[0-9a-fA-F]{6}|(metal:)?[a-z][a-z0-9-]*)$/.test(text) ? text.toLowerCase() : null;
    return text === "" && control.dataset.keep === undefined ? undefined : text;
  }

  /** @param {Control} control */
  #refuse(control) {
    control.setAttribute("aria-invalid", "true");
    this.desk.say(control.dataset.kind === "colour" ? "no_colour" : "no_number");
    return undefined;
  }

  /** @param {Control} control @param {string} path @param {any} value */
  #set(control, path, value) {
    const { desk } = this;
    const ids = desk.chosen;
    if (path in BOX) {
      const at = BOX[/** @type {keyof typeof BOX} */ (path)];
      let layout = desk.layout;
      for (const id of desk.free(ids)) {
        const box = [...find(layout, id).box];
        box[at] = value;
        layout = set(layout, [id], "box", box);
        if (at === 1) layout = set(layout, [id], "below", undefined);
      }
      return desk.apply(layout);
    }
    if (control.dataset.kind === "words") return this.#say(ids, path, value ?? "");
    if (path === "picture") return desk.apply(set(set(desk.layout, ids, "picture", value), ids, "asset", value ? undefined : control.dataset.without || undefined));
    return desk.apply(set(desk.layout, ids, path, value));
  }

  /** Words of one language, or of every one. @param {string[]} ids @param {string} path @param {string} value */
  #say(ids, path, value) {
    const { desk } = this;
    let { layout } = desk;
    for (const id of ids) {
      const before = get(find(layout, id), path);
      const many = typeof before === "object" && before;
      const language = desk.language || layout.locale;
      if (many) layout = set(layout, [id], path, { ...before, [language]: value });
      else if (desk.language) layout = set(layout, [id], path, { en: before ?? "", [layout.locale]: before ?? "", [language]: value });
      else layout = set(layout, [id], path, value);
    }
    desk.apply(layout, { key: `words ${ids.join(" ")} ${desk.language}` });
  }

  /** @param {string} language "" for the one that is printed */
  #speak(language) {
    this.desk.language = language;
    this.draw();
  }

  /** @param {Control} control a list of fields beside the words */
  #insert(control) {
    const words = /** @type {HTMLTextAreaElement} */ (this.root.querySelector('[data-path="text"]'));
    if (!control.value) return;
    words.setRangeText(`{{${control.value}}}`, words.selectionStart ?? words.value.length, words.selectionEnd ?? words.value.length, "end");
    control.value = "";
    words.focus();
    this.#changed(words);
  }

  /** @param {string} path @param {any} value */
  #setPage(path, value) {
    const { desk } = this;
    if (path === "paper") {
      const [size, orientation] = String(value).split(" ");
      return desk.apply(onPaper(desk.layout, { size, orientation }, desk.begin.sizes));
    }
    if (path.startsWith("signers.")) return desk.apply(setPage(desk.layout, "signers", this.#signers(path, value)));
    let layout = setPage(desk.layout, path, value);
    // What says nothing without its first part goes with it, and comes with what it needs.
    for (const [part, key, whole] of desk.begin.wholes) {
      if (path !== `${part}.${key}`) continue;
      const kept = value === undefined ? undefined : { ...structuredClone(whole), ...get(desk.layout, part), [key]: value };
      layout = setPage(desk.layout, part, kept);
    }
    return desk.apply(layout);
  }

  /** Who signs, with one word changed; those of whom nothing is said any more are left off the end. @param {string} path @param {any} value */
  #signers(path, value) {
    const [, place, key] = path.split(".");
    const signers = structuredClone(this.desk.layout.signers ?? []);
    while (signers.length <= Number(place)) signers.push({ name: "" });
    if (value === undefined && key !== "name") delete signers[Number(place)][key];
    else signers[Number(place)][key] = value ?? "";
    while (signers.length && !Object.values(signers[signers.length - 1]).some(Boolean)) signers.pop();
    return signers;
  }
}
