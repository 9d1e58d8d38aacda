// A button beside a command copies it; without this script there is no button, and the command can be selected.
document.querySelectorAll("[data-sr-copy]").forEach(function (button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", function () {
    navigator.clipboard.writeText(document.querySelector(button.dataset.srCopy).textContent.trim());
    button.textContent = button.dataset.srDone;
  });
});
