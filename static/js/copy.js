// [data-copy] in .copy copies the field beside it; [data-copy="text"] elsewhere copies that text.
import { toast } from "./toast.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = button.parentElement.querySelector("input, textarea");
  const text = button.dataset.copy || field?.value || "";
  try {
    await navigator.clipboard.writeText(text);
    toast(button.dataset.copied || text);
  } catch {
    // No permission, or no secure address: the text is selected, ready for the keys the person knows.
    field?.select();
  }
});
