// <div data-over>: two pictures one over the other, and a slider that says how much of the upper one is seen.
document.addEventListener("input", ({ target }) => {
  target.closest?.("[data-over]")?.style.setProperty("--at", `${target.value}%`);
});
