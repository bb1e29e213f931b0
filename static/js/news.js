// Says politely that there are new figures, once the ledger has another version than when the page came.
// What stands on the page stays until the reader asks for the new: nobody loses their place.
const news = document.querySelector("[data-news]");
let known = null;

news.addEventListener("htmx:afterRequest", (event) => {
  const tag = event.detail.xhr.getResponseHeader("ETag");
  if (!tag) return;
  known ??= tag;
  if (tag !== known) news.querySelector("p").hidden = false;
});
