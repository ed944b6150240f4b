// [data-several]: when the last field of a row of like ones is filled, another one appears. Without a script the page gives it
// when it is shown again.
function filled({ target }) {
  const box = target.closest?.("[data-several]"), fields = box ? [...box.children] : [];
  if (!box || target !== fields.at(-1) || !target.value || fields.length >= Number(box.dataset.most)) return;
  const next = target.cloneNode(true);
  next.value = "";
  next.id = target.id.replace(/\d+$/, fields.length);
  next.setAttribute("aria-label", `${box.dataset.several} ${fields.length + 1}`);
  for (const name of ["autofocus", "aria-invalid", "aria-describedby"]) next.removeAttribute(name);
  box.append(next);
}

document.addEventListener("input", filled);
document.addEventListener("change", filled);
