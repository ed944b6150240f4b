// <form data-once data-busy="Signing…">: a second press of the button does nothing. The server is safe without it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("once" in form.dataset)) return;
  if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
  form.setAttribute("aria-busy", "true");
  const button = event.submitter;
  if (!button) return;
  button.setAttribute("aria-busy", "true");
  if (form.dataset.busy) button.textContent = form.dataset.busy;
});

// Coming back by the browser's history shows the form as it was before the press.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector('form[data-once][aria-busy="true"]')) location.reload();
});
