// A part that came back unchanged is left alone: swapping it would take the focus from whoever is in it.
document.addEventListener("htmx:beforeSwap", function (event) {
  var tag = event.detail.xhr.getResponseHeader("ETag");
  if (!tag) return;
  if (event.detail.target.dataset.etag === tag) event.detail.shouldSwap = false;
  event.detail.target.dataset.etag = tag;
});
