(function () {
  // Keeps a half-filled page over a reload or a change of language; in this tab only, gone once sent.
  var form = document.querySelector("form[data-keep]");
  if (!form) return;
  var key = location.pathname;
  try {
    var kept = JSON.parse(sessionStorage.getItem(key) || "{}");
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || !(field.name in kept) || form.dataset.keep === "sent") return;
      if (field.type === "radio") field.checked = field.value === kept[field.name];
      else field.value = kept[field.name];
    });
    form.addEventListener("input", function (event) {
      kept[event.target.name] = event.target.value;
      sessionStorage.setItem(key, JSON.stringify(kept));
    });
    form.addEventListener("submit", function () {
      sessionStorage.removeItem(key);
    });
  } catch (error) {
    // No storage (private window, policy): the page works without it.
  }
})();
