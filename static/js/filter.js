// [data-filter="#list"] hides what does not match while somebody types. Accents and capitals do not matter.
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

document.addEventListener("input", (event) => {
  const selector = event.target.dataset?.filter;
  if (!selector) return;
  const words = fold(event.target.value).split(/\s+/).filter(Boolean);
  for (const list of document.querySelectorAll(selector)) {
    const items = list.matches("table") ? list.tBodies[0].rows : list.children;
    for (const item of items) {
      const text = fold(`${item.textContent} ${item.dataset.words ?? ""}`);
      item.hidden = !words.every((word) => text.includes(word));
    }
    const group = list.closest("[data-filter-group]");
    if (group) group.hidden = [...items].every((item) => item.hidden);
  }
  const none = document.querySelector("[data-filter-none]");
  if (none) none.hidden = [...document.querySelectorAll(selector)].some((list) => list.querySelector(":scope > :not([hidden])"));
});
