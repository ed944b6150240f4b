// Everything a button or a key can do, by name: the toolbar's data-do names one of these.
import { aligned, distributed } from "./arranging.js";
import { added, duplicated, grouped, MOST, raised, removed, set, ungrouped } from "./model.js";
/** @typedef {import("./desk.js").Desk} Desk */

/** @param {Desk} desk @param {string} edge */
function align(desk, edge) {
  const ids = desk.free(desk.chosen);
  if (!ids.length) return nothing(desk);
  // Sides are of the page as one sees it; a right-to-left page is stored as its mirror.
  const stored = desk.rtl ? { left: "right", right: "left" }[edge] ?? edge : edge;
  desk.apply(aligned(desk.layout, ids, stored, [0, 0, ...desk.page]));
  desk.say("aligned", { count: ids.length });
  return true;
}

/** @param {Desk} desk @param {"x" | "y"} axis */
function distribute(desk, axis) {
  const ids = desk.free(desk.chosen);
  if (ids.length < 3) {
    desk.say("three_needed");
    return true;
  }
  desk.apply(distributed(desk.layout, ids, axis));
  desk.say("distributed", { count: ids.length });
  return true;
}

/** @param {Desk} desk */
function nothing(desk) {
  desk.say(desk.selection.size ? "is_locked" : "choose_first", { name: desk.name(desk.chosen[0] ?? "") });
  return true;
}

/** @param {Desk} desk @param {import("./model.js").Layout} layout @param {string} said */
function did(desk, layout, said) {
  desk.apply(layout);
  desk.say(said, { count: desk.selection.size });
  return true;
}

/** @type {Record<string, (desk: Desk, value?: string) => boolean>} */
export const doings = {
  undo(desk) { desk.undo(); return true; },
  redo(desk) { desk.redo(); return true; },
  save(desk) { desk.dispatchEvent(new CustomEvent("save")); return true; },
  add(desk, kind = "text") {
    if (desk.layout.elements.length >= MOST) { desk.say("full"); return true; }
    const { layout, ids } = added(desk.layout, desk.begin.pieces[kind]);
    desk.apply(layout, { select: ids });
    desk.say("added", { name: desk.name(ids[0]) });
    return true;
  },
  remove(desk) {
    const ids = desk.free(desk.chosen);
    if (!ids.length) return nothing(desk);
    desk.apply(removed(desk.layout, ids), { select: [] });
    desk.say("removed", { count: ids.length });
    return true;
  },
  duplicate(desk) {
    if (!desk.selection.size) return nothing(desk);
    const { layout, ids } = duplicated(desk.layout, desk.chosen);
    if (!ids.length) { desk.say("full"); return true; }
    desk.apply(layout, { select: ids });
    desk.say("duplicated", { count: ids.length });
    return true;
  },
  group: (desk) => (desk.selection.size < 2 ? nothing(desk) : did(desk, grouped(desk.layout, desk.chosen), "grouped")),
  ungroup: (desk) => (desk.selection.size ? did(desk, ungrouped(desk.layout, desk.chosen), "ungrouped") : nothing(desk)),
  raise: (desk) => (desk.selection.size ? did(desk, raised(desk.layout, desk.chosen, 1), "raised") : nothing(desk)),
  lower: (desk) => (desk.selection.size ? did(desk, raised(desk.layout, desk.chosen, -1), "lowered") : nothing(desk)),
  front: (desk) => (desk.selection.size ? did(desk, raised(desk.layout, desk.chosen, Infinity), "raised") : nothing(desk)),
  back: (desk) => (desk.selection.size ? did(desk, raised(desk.layout, desk.chosen, -Infinity), "lowered") : nothing(desk)),
  align: (desk, edge = "left") => align(desk, edge),
  distribute: (desk, axis = "x") => distribute(desk, axis === "y" ? "y" : "x"),
  lock(desk) {
    if (!desk.selection.size) return nothing(desk);
    const lock = desk.free(desk.chosen).length > 0;
    return did(desk, set(desk.layout, desk.chosen, "locked", lock || undefined), lock ? "locked" : "unlocked");
  },
  grid(desk) { desk.change({ grid: !desk.view.grid }); return true; },
  snap(desk) { desk.change({ snap: !desk.view.snap }); return true; },
  zoom(desk, how = "fit") {
    const now = desk.view.scale / (96 / 25.4);
    const zoom = how === "fit" ? "fit" : how === "1" ? 1 : Math.min(4, Math.max(0.25, now * (how === "in" ? 1.25 : 0.8)));
    desk.change({ zoom });
    return true;
  },
};
