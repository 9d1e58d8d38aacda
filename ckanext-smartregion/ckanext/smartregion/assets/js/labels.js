// Boxes that the form library draws in place of a select get the name of that select.
document.addEventListener("focusin", name);
window.addEventListener("load", name);
function name() {
  document.querySelectorAll(".select2-selection[role=combobox]:not([aria-label])").forEach(function (box) {
    var select = box.closest(".select2") && box.closest(".select2").previousElementSibling;
    var label = select && select.labels && select.labels[0];
    if (label) box.setAttribute("aria-label", label.textContent.replace(/[*:\s]+/g, " ").trim());
  });
}
