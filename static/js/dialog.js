// Links to a <dialog id> open it as a real one: focus stays inside, Esc closes, focus returns to the link.
function named(hash) {
  const target = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  return target instanceof HTMLDialogElement ? target : null;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest('a[href^="#"], [data-open]');
  const dialog = opener && named(opener.dataset.open ? `#${opener.dataset.open}` : opener.hash);
  if (dialog) {
    event.preventDefault();
    opener.closest("[popover]")?.hidePopover();
    if (!dialog.open) dialog.showModal();
    return;
  }
  const open = event.target.closest("dialog[open]");
  if (!open) return;
  // A press on the backdrop arrives at the dialog itself.
  if (event.target.closest("[data-close]") || event.target === open) {
    event.preventDefault();
    open.close();
  }
});

const arrived = named(location.hash);
if (arrived) {
  history.replaceState(null, "", location.pathname + location.search);
  if (!arrived.open) arrived.showModal();
}
// A form that came back with faults opens the dialog it stands in.
document.querySelector("dialog:has(.error):not([open])")?.showModal();
