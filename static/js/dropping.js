(function () {
  // A file may be dropped anywhere on the page; it is read at once. Without this the field takes drops as well.
  var form = document.querySelector("form[data-drop]");
  if (!form || !window.DataTransfer) return;
  var field = form.querySelector("input[type=file]");
  var tooLarge = form.querySelector("[data-too-large]");
  var within = 0;
  function holdsFile(event) {
    return Array.prototype.indexOf.call(event.dataTransfer.types, "Files") >= 0;
  }
  function mark(change) {
    within = Math.max(0, within + change);
    document.documentElement.classList.toggle("is-dropping", within > 0);
  }
  document.addEventListener("dragenter", function (event) {
    if (holdsFile(event)) mark(1);
  });
  document.addEventListener("dragleave", function (event) {
    if (holdsFile(event)) mark(-1);
  });
  document.addEventListener("dragover", function (event) {
    if (holdsFile(event)) event.preventDefault();
  });
  document.addEventListener("drop", function (event) {
    if (!holdsFile(event)) return;
    event.preventDefault();
    mark(-within);
    field.files = event.dataTransfer.files;
    form.requestSubmit();
  });
  // Said at once: sending a large file only to hear that it is too large may take minutes.
  form.addEventListener("submit", function (event) {
    var file = field.files[0];
    var fits = !file || !tooLarge || file.size <= Number(form.dataset.drop);
    if (tooLarge) tooLarge.hidden = fits;
    if (!fits) event.preventDefault();
  });
})();
