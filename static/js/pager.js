// After htmx has swapped a page of a table, the focus goes to its caption, so that reading begins there.
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.detail.requestConfig?.elt?.closest?.(".pager")) return;
  const caption = document.querySelector(`${event.detail.requestConfig.target?.id ? `#${event.detail.requestConfig.target.id} ` : ""}caption`);
  if (!caption) return;
  caption.tabIndex = -1;
  caption.focus({ preventScroll: true });
});
