// The builder of a rule is drawn again by the server (#builder) when a row changes. What somebody typed while it was under way
// is newer than what comes back, and stays; rows that moved meanwhile are the server's.
let sent = null;

const values = (form) => new Map([...form.querySelectorAll(".input[id]")].map((field) => [field.id, field.value]));

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const form = detail.target?.id === "builder" ? detail.target : null;
  sent = form && String(detail.requestConfig?.parameters?.do ?? "look").startsWith("look") ? values(form) : null;
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id !== "builder" || !sent) return;
  const before = sent, newer = [...values(detail.target)].filter(([id, value]) => before.has(id) && before.get(id) !== value);
  sent = null;
  if (!newer.length) return;
  const keep = () => {
    document.removeEventListener("htmx:afterSwap", keep);
    for (const [id, value] of newer) {
      const field = document.getElementById(id);
      if (!field) continue;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  document.addEventListener("htmx:afterSwap", keep);
});
