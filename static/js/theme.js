// The form of /theme/ shows the choice at once; the server keeps it in a cookie.
document.addEventListener("change", (event) => {
  if (!event.target.matches('[data-theme-choice] input[name="theme"]')) return;
  const { value } = event.target;
  if (value === "device") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
});
