// A .drop takes files by dragging and by pasting too, and says what was chosen.
function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let power = 0;
  while (bytes >= 1024 && power < units.length - 1) { bytes /= 1024; power += 1; }
  return `${bytes.toLocaleString(document.documentElement.lang, { maximumFractionDigits: power ? 1 : 0 })} ${units[power]}`;
}

function name(drop) {
  const line = drop.querySelector("[data-drop-name]");
  const files = [...drop.querySelector("input[type=file]").files];
  if (!line || !files.length) return;
  if (files.length > 3 && line.dataset.several) {
    const together = files.reduce((sum, file) => sum + file.size, 0);
    line.textContent = `${line.dataset.several.replace("%s", files.length)}, ${size(together)}`;
  } else line.textContent = files.map((file) => `${file.name}, ${size(file.size)}`).join(" · ");
}

function take(drop, files) {
  const input = drop.querySelector("input[type=file]");
  if (!files.length) return;
  const kept = new DataTransfer();
  for (const file of input.multiple ? files : [files[0]]) kept.items.add(file);
  input.files = kept.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("change", (event) => {
  const drop = event.target.closest("[data-drop]");
  if (drop) name(drop);
});

for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    const drop = event.target.closest?.("[data-drop]");
    if (!drop || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.toggle("over", type === "dragenter" || type === "dragover");
    if (type === "drop") take(drop, event.dataTransfer.files);
  });
}

document.addEventListener("paste", (event) => {
  const drops = document.querySelectorAll("[data-drop]");
  const typing = event.target.closest?.("input:not([type=file]), textarea");
  if (drops.length === 1 && !typing && event.clipboardData.files.length) take(drops[0], event.clipboardData.files);
});
