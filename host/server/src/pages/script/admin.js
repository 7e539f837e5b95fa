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

// A brand's colours, seen while they are typed. The host checks them in any case.
{
  const grounds = { light: ["#ffffff", "#f4f5f7"], dark: ["#1d2126", "#14171b"] };
  const part = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = (colour) => {
    const [red, green, blue] = [1, 3, 5].map((at) => part(parseInt(colour.slice(at, at + 2), 16) / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ratio = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const preview = document.querySelector("[data-preview]");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = (place, value) => {
    const said = place.querySelector(".contrast");
    const is = /^#[0-9a-f]{6}$/i.test(value);
    const ground = place.dataset.colour;
    const found = is ? Math.min(...grounds[ground].map((one) => ratio(value, one))) : 0;
    said.textContent = is ? `${(Math.floor(found * 100) / 100).toFixed(2)} : 1: ${found < 4.5 ? place.dataset.bad : place.dataset.good}` : "";
    if (is && preview && (ground === "dark") === dark.matches) {
      preview.style.setProperty("--accent", value);
      preview.style.setProperty("--accent-ink", ratio(value, "#ffffff") >= ratio(value, "#10151c") ? "#ffffff" : "#10151c");
    }
  };
  for (const place of document.querySelectorAll("[data-colour]")) {
    const input = place.querySelector("input");
    const picker = document.createElement("input");
    picker.type = "color";
    picker.className = "picker";
    picker.setAttribute("aria-label", place.dataset.picker);
    if (/^#[0-9a-f]{6}$/i.test(input.value)) picker.value = input.value;
    picker.addEventListener("input", () => { input.value = picker.value; show(place, picker.value); });
    input.addEventListener("input", () => show(place, input.value.trim()));
    place.append(picker);
  }
}
