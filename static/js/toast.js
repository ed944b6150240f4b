// One line at the foot of the page, for five seconds, longer while the pointer or the focus is on it.
const LIFE = 5000;

export function toast(text) {
  const line = document.createElement("p");
  line.className = "toast";
  line.setAttribute("role", "status");
  document.body.append(line);
  // Screen readers announce what changes inside a status, not a status that arrives full.
  requestAnimationFrame(() => { line.textContent = text; });

  let timer = setTimeout(() => line.remove(), LIFE);
  const stay = () => clearTimeout(timer);
  const go = () => { timer = setTimeout(() => line.remove(), LIFE); };
  line.addEventListener("pointerenter", stay);
  line.addEventListener("pointerleave", go);
  line.addEventListener("focusin", stay);
  line.addEventListener("focusout", go);
}
