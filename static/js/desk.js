// The verification desk: text pasted anywhere on the page goes into its field; [data-print] prints.
document.addEventListener("paste", (event) => {
  const field = document.querySelector("[data-desk] textarea");
  if (!field || event.target.closest?.("input, textarea") || event.clipboardData.files.length) return;
  const text = event.clipboardData.getData("text/plain");
  if (!text) return;
  event.preventDefault();
  field.value = text;
  field.focus();
});

for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
