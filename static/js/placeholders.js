// Puts a placeholder where someone was typing. Without script one types what stands on the button.
(() => {
  const panel = document.querySelector("[data-placeholders]");
  if (!panel) return;
  const form = panel.closest("form");
  let field = null;

  form.addEventListener("focusin", (event) => {
    if (!event.target.matches("input[type=text], textarea")) return;
    field = event.target;
    for (const button of panel.querySelectorAll("[data-personal]")) button.disabled = field.name === "news";
  });
  panel.addEventListener("click", (event) => {
    const button = event.target.closest("[data-placeholder]");
    if (!button) return;
    field ??= form.querySelector("textarea");
    field.setRangeText(`{${button.dataset.placeholder}}`, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
