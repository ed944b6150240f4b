// Undo and redo. Pure but for what it remembers.

/** @template T */
export class History {
  /** @param {T} state @param {number} [most] */
  constructor(state, most = 200) {
    this.states = [state];
    this.at = 0;
    this.most = most;
    this.key = "";
  }

  get state() { return this.states[this.at]; }
  get canUndo() { return this.at > 0; }
  get canRedo() { return this.at < this.states.length - 1; }

  /** Steps with the same key in a row are undone together: ten presses of an arrow are one move. @param {T} state @param {string} [key] */
  push(state, key = "") {
    if (key && key === this.key && this.at === this.states.length - 1 && this.at > 0) {
      this.states[this.at] = state;
      return;
    }
    this.states.splice(this.at + 1, Infinity, state);
    if (this.states.length > this.most) this.states.shift();
    this.at = this.states.length - 1;
    this.key = key;
  }

  /** The next step with the last one's key is a step of its own. */
  close() { this.key = ""; }

  /** @returns {T | undefined} */
  undo() { return this.#go(-1); }

  /** @returns {T | undefined} */
  redo() { return this.#go(1); }

  /** @param {number} by */
  #go(by) {
    this.key = "";
    if (this.at + by < 0 || this.at + by >= this.states.length) return undefined;
    this.at += by;
    return this.state;
  }
}
