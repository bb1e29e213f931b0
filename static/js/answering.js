(function () {
  // Keeps a half-filled page over a reload or a change of language; in this tab only, gone once sent.
  function keep(form) {
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
  }

  // A second click must not take the place of the answer to the first.
  function once(form) {
    function again() {
      delete form.dataset.sending;
    }
    form.addEventListener("submit", function (event) {
      if (form.dataset.sending) event.preventDefault();
      form.dataset.sending = "yes";
      setTimeout(again, 5000);
    });
    addEventListener("pageshow", again);
  }

  // A choice in a mail leads to #q1-4. It is made here, so that no server or log learns it before it is sent.
  function choose() {
    var choice = location.hash && document.getElementById(location.hash.slice(1));
    if (!choice || choice.type !== "radio") return;
    choice.checked = true;
    choice.focus();
    history.replaceState(null, "", location.pathname + location.search);
    choice.dispatchEvent(new Event("input", { bubbles: true }));
  }

  var form = document.querySelector("form[data-keep]");
  if (form) {
    keep(form);
    once(form);
  }
  addEventListener("hashchange", choose);
  choose();
})();
