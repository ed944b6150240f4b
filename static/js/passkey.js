// What allauth's passkey scripts report when the device gives none: said beside the button, not in the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const note = document.querySelector("[data-passkey-fault]");
  if (note) note.hidden = false;
});
