// Lists and details of connections. The list verifies in its place: the row changes, and what came of it is said.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const row = form.closest("table.connections tr");
  if (!form.matches("form.verify") || !row || event.defaultPrevented) {
    return;
  }
  event.preventDefault();
  const done = () => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    row.removeAttribute("aria-busy");
  };
  row.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { accept: "text/html" },
      body: new URLSearchParams(new FormData(form)),
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(row.id);
    if (!answer.ok || !fresh || !fresh.matches("tr")) {
      throw new Error("another page");
    }
    const result = page.getElementById(`told-${row.id}`);
    document.getElementById(`told-${row.id}`)?.remove();
    row.replaceWith(fresh);
    if (result) {
      result.querySelector("[role]")?.removeAttribute("role");
      fresh.after(result);
      document.getElementById("told").textContent = result.textContent;
    }
    fresh.querySelector("form.verify button")?.focus();
  } catch {
    done();
    form.submit();
  }
});
