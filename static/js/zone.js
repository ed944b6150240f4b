// Dates are shown in the reader's zone: the server reads this cookie at the next page.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && document.body.hasAttribute("data-zone") && document.body.dataset.zone !== zone) {
  document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
}
