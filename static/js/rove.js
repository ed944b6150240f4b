// One stop for Tab in a row of buttons: [role=toolbar] (WAI-ARIA Authoring Practices, "Toolbar Pattern"), arrows go on from
// there; in a list of rows ([data-rove]) up and down as well. Without a script every button is a stop of its own.
const BARS = '[role="toolbar"], [data-rove]';
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

const stops = (box) => [...box.querySelectorAll("button, a[href]")].filter((each) => each.offsetParent && (!each.closest("[popover]") || box.closest("[popover]")));

// Whoever comes in, by Tab from either side or by a press, makes this the one that Tab comes back to.
document.addEventListener("focusin", ({ target }) => {
  const bar = target.closest?.(BARS);
  if (!bar || !stops(bar).includes(target)) return;
  for (const each of stops(bar)) each.tabIndex = each === target ? 0 : -1;
});

function next(bar, at, [across, down]) {
  const row = "rove" in bar.dataset ? at.closest("li") : bar, here = stops(row);
  if (!down) return here[(here.indexOf(at) + across + here.length) % here.length];
  const beside = row === bar ? null : down > 0 ? row.nextElementSibling : row.previousElementSibling;
  const there = beside ? stops(beside) : [];
  return there[Math.min(here.indexOf(at), there.length - 1)];
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event, bar = target.closest?.(BARS);
  if (!bar || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !stops(bar).includes(target)) return;
  let [across, down] = STEPS[key] ?? [0, 0];
  if (getComputedStyle(bar).direction === "rtl") across = -across;
  const to = across || down ? next(bar, target, [across, down]) : key === "Home" ? stops(bar)[0] : key === "End" ? stops(bar).at(-1) : null;
  if (!to) return;
  event.preventDefault();
  to.focus();
});
