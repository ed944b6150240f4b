// How large the drawing is shown, and on what.
import { $, $$ } from "./page.js";

const SIDES = [90, 200, 300, 432, 600, 900, 1200], FITTED = 432;  // pixels; at 432 it stays within a narrower page
let zoom = SIDES.indexOf(FITTED);
export function zoomed(step) {
  zoom = Math.max(0, Math.min(SIDES.length - 1, zoom + step));
  const side = SIDES[zoom], art = $(".art");
  $("[data-zoom-shown]").textContent = `${side} px`;
  for (const button of $$("[data-zoom]")) button.setAttribute("aria-disabled", String(SIDES[zoom + Number(button.dataset.zoom)] === undefined));
  if (!art) return;
  art.style.maxInlineSize = side === FITTED ? "" : "none";
  art.style.inlineSize = side === FITTED ? "" : `${side}px`;
}

export function ground(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  for (const each of $$("[data-ground].btn")) each.setAttribute("aria-pressed", String(on && each === button));
  if (on) $(".stage").dataset.ground = button.dataset.ground; else delete $(".stage").dataset.ground;
}
