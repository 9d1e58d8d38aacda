// Narrow lists of places while one types; what folds opens where it holds a match. Without it, the form searches.
document.addEventListener("input", function (event) {
  var list = event.target.matches("[data-sr-filter]") && document.querySelector(event.target.dataset.srFilter);
  if (!list) return;
  var plain = function (text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  };
  var wanted = plain(event.target.value.trim());
  list.querySelectorAll("details, section").forEach(function (group) {
    var shown = 0;
    group.querySelectorAll("li").forEach(function (item) {
      item.hidden = !plain(item.textContent).includes(wanted);
      shown += !item.hidden;
    });
    group.hidden = !shown;
    if (group.matches("details")) group.open = Boolean(wanted && shown);
  });
});
