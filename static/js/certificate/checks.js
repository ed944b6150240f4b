// What the server said of the layout, in the panel; pressing a line goes to its element.
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./desk.js").Problem} Problem */

export class Checks {
  /** @param {Desk} desk @param {HTMLElement} root */
  constructor(desk, root) {
    this.desk = desk;
    this.list = /** @type {HTMLElement} */ (root.querySelector("[data-checks]"));
    this.count = /** @type {HTMLElement} */ (root.querySelector("[data-checks-count]"));
    this.icons = /** @type {HTMLTemplateElement} */ (root.querySelector("template[data-icons]")).content;
    /** @type {Problem[]} */ this.refused = [];
    desk.addEventListener("look", () => this.draw());
    desk.addEventListener("layout", () => { this.refused = []; });
    desk.addEventListener("refused", (event) => {
      this.refused = /** @type {CustomEvent} */ (event).detail;
      this.draw();
      const section = this.list.closest("details");
      if (section) section.open = true;
      desk.dispatchEvent(new CustomEvent("say", { detail: desk.tell("refused", { why: this.refused[0].message }) }));
    });
    this.list.addEventListener("click", (event) => {
      const id = /** @type {HTMLElement} */ (event.target).closest("button")?.dataset.id;
      if (id) desk.select([id]);
      if (id) desk.dispatchEvent(new CustomEvent("values"));
    });
  }

  draw() {
    const { look, words } = this.desk;
    const said = new Set();
    const bad = [...this.refused, ...look.problems].filter(({ message }) => !said.has(message) && said.add(message));
    const hard = Object.entries(look.people ?? {}).flatMap(([person, problems]) =>
      problems.filter(({ message }) => !said.has(message) && said.add(message)).map((problem) => ({ ...problem, message: `${words.people[person]}: ${problem.message}` })));
    const rows = [
      ...bad.map((problem) => this.#row("bad", problem)),
      ...hard.map((problem) => this.#row("warn", problem)),
      ...(look.notes ?? []).map((note) => this.#row("warn", note)),
    ];
    this.count.textContent = rows.length ? String(rows.length) : "";
    this.count.hidden = !rows.length;
    if (!bad.length && !hard.length && look.people && Object.keys(look.people).length) rows.push(this.#row("ok", { pointer: "", code: "", message: words.all_fits }));
    if (!(look.notes ?? []).length) rows.push(this.#row("ok", { pointer: "", code: "", message: words.all_well }));
    const order = look.reading.map((id) => this.desk.name(id)).filter(Boolean).join(", ");
    if (order) rows.push(this.#row("ok", { pointer: "", code: "", message: this.desk.tell("read_in_order", { order }) }));
    this.list.replaceChildren(...rows);
  }

  /** @param {"ok" | "warn" | "bad"} kind @param {Problem} problem */
  #row(kind, problem) {
    const row = document.createElement("li");
    if (kind !== "ok") row.className = kind;
    const icon = this.icons.querySelector(`[data-icon="${kind}"] svg`);
    if (icon) row.append(icon.cloneNode(true));
    const element = this.desk.layout.elements[Number(problem.pointer.match(/^\/elements\/(\d+)/)?.[1] ?? -1)];
    const text = document.createElement(element ? "button" : "span");
    if (element) Object.assign(text, { type: "button", className: "go" }).dataset.id = element.id;
    text.textContent = problem.message;
    row.append(text);
    return row;
  }
}
