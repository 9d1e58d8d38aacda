// Narrow a list of places while one types; details that hold a match are opened. Without it, the form searches.
document.addEventListener("input", function (event) {
  var list = event.target.matches("[data-sr-filter]") && document.querySelector(event.target.dataset.srFilter);
  if (!list) return;
  var plain = function (text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  };
  var wanted = plain(event.target.value.trim());
  list.querySelectorAll("details").forEach(function (group) {
    var shown = 0;
    group.querySelectorAll("li").forEach(function (item) {
      item.hidden = !plain(item.textContent).includes(wanted);
      shown += !item.hidden;
    });
    group.hidden = !shown;
    group.open = Boolean(wanted && shown);
  });
});
