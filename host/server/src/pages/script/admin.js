// What stands to be copied gets a button that does it.
for (const place of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet-button small-button";
  button.textContent = place.dataset.copy;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(place.querySelector(".copy-value").textContent);
      button.textContent = place.dataset.copied;
      setTimeout(() => { button.textContent = place.dataset.copy; }, 2000);
    } catch {
      getSelection().selectAllChildren(place.querySelector(".copy-value"));
    }
  });
  place.append(button);
}
