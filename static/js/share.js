// <button data-share hidden data-title data-text data-url data-file>: the device's own share sheet, where there is one.
async function picture(address) {
  const response = await fetch(address);
  const blob = await response.blob();
  return new File([blob], address.split("/").pop().split("?")[0], { type: blob.type });
}

if (navigator.share) {
  for (const button of document.querySelectorAll("[data-share]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-share]");
  if (!button || !navigator.share) return;
  event.preventDefault();
  const { title, text, url, file } = button.dataset;
  const what = Object.fromEntries(Object.entries({ title, text, url }).filter(([, value]) => value));
  try {
    if (file) {
      const files = [await picture(file)];
      if (navigator.canShare?.({ files })) what.files = files;
    }
    await navigator.share(what);
  } catch (error) {
    // Closing the sheet is an answer too.
    if (error.name !== "AbortError") throw error;
  }
});
