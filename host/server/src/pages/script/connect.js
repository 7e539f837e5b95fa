
// What was typed is looked at while it is typed, by the same rules as on the host; the host looks again.
{
  const faultOf = (input) => {
    const { valueMissing, patternMismatch, typeMismatch } = input.validity;
    if (valueMissing) return input.dataset.needed;
    return patternMismatch || typeMismatch ? input.dataset.form : "";
  };

  const look = (input) => {
    const fault = faultOf(input) || "";
    const place = document.getElementById(`${input.id}-fault`);
    if (place.textContent !== fault) place.textContent = fault;
    input.closest(".field").classList.toggle("faulty", fault !== "");
    if (fault) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    return fault === "";
  };

  for (const form of document.querySelectorAll("form[data-checked]")) {
    const inputs = [...form.querySelectorAll("[data-form], [data-needed]")];
    // Ours say it in the reader's language and in the page's words.
    form.noValidate = true;
    for (const input of inputs) {
      // Nobody is told of a mistake before they had the time not to make it.
      input.addEventListener("input", () => {
        if (input.dataset.left || input.value.length > 3 || input.hasAttribute("aria-invalid")) look(input);
      });
      input.addEventListener("change", () => {
        input.dataset.left = "yes";
        look(input);
      });
    }
    form.addEventListener("submit", (event) => {
      const wrong = inputs.filter((input) => !input.closest("[hidden]") && !look(input));
      if (wrong.length > 0) {
        event.preventDefault();
        event.stopPropagation();
        for (const input of wrong) input.closest("details")?.setAttribute("open", "");
        wrong[0].focus();
      }
    });

    // A field that only matters beside another value is shown when it does.
    const depending = [...form.querySelectorAll("[data-when]")];
    const show = () => {
      for (const field of depending) {
        const other = document.getElementById(`field-${field.dataset.when}`);
        const value = other && (other.type === "checkbox" ? String(other.checked) : other.value);
        field.hidden = other !== null && !JSON.parse(field.dataset.values).includes(value);
      }
    };
    form.addEventListener("input", show);
    show();
  }
}

// The service picker narrows as one types.
for (const search of document.querySelectorAll("[data-narrows]")) {
  const list = document.getElementById(search.dataset.narrows);
  const found = document.getElementById(`${search.dataset.narrows}-found`);
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    let shown = 0;
    for (const item of list.children) {
      item.hidden = !item.dataset.words.includes(wanted);
      if (!item.hidden) shown += 1;
    }
    found.textContent = shown === 0 ? found.dataset.none : found.dataset.some.split("|")[shown - 1];
  });
}

// A framed picker opens the rest in a window of its own; where that is blocked, the link leads there in the whole window.
for (const link of document.querySelectorAll("a[data-window]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (window.open(link.href, "_blank", "popup,width=560,height=760")) event.preventDefault();
  });
}

// The way back: the window that opened this one is told, at its exact origin and no other.
for (const back of document.querySelectorAll("[data-tell]")) {
  const opener = window.opener;
  const windows = [opener, opener?.parent, window.parent].filter((other) => other && other !== window);
  for (const other of new Set(windows)) other.postMessage(JSON.parse(back.dataset.tell), back.dataset.origin);
  if (opener) window.close();
  else if (windows.length === 0) window.location.replace(back.href);
}
