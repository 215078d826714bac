"use strict";
// Sorting, finding and copying; without this script the page is whole, in the order of the names.
const copied = async button => {
  const text = button.dataset.copy;
  try { await navigator.clipboard.writeText(text); } catch {
    const field = document.body.appendChild(document.createElement("textarea"));
    field.value = text;
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = before; }, 1500);
};
for (const button of document.querySelectorAll(".copy")) {
  button.hidden = false;
  button.addEventListener("click", () => copied(button));
}
const table = document.querySelector(".students");
if (table) {
  const body = table.tBodies[0], rows = [...body.rows];
  const value = (row, k) => { const text = row.cells[k].firstElementChild?.textContent ?? row.cells[k].textContent; return text === "✓" ? 1 : text === "✗" ? 0 : text === "" || isNaN(text) ? text : Number(text); };
  table.querySelectorAll("thead th").forEach((head, k, heads) => {
    if (k === heads.length - 1) return; // the links
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.ariaSort ? head.ariaSort !== "ascending" : k === 0;
      table.querySelectorAll("[aria-sort]").forEach(other => other.removeAttribute("aria-sort"));
      head.ariaSort = up ? "ascending" : "descending";
      const order = (a, b) => typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
      body.append(...rows.sort((a, b) => (up ? 1 : -1) * order(value(a, k), value(b, k))));
    });
  });
  const search = document.querySelector("#search"), filter = document.querySelector("#filter");
  const show = () => {
    const words = search.value.trim().toLowerCase().split(/\s+/);
    let count = 0;
    const addresses = [];
    for (const row of rows) {
      const text = row.cells[0].textContent.toLowerCase();
      const wanted = words.every(word => text.includes(word)) && (!filter.value || row.dataset.tags.split("|").includes(filter.value));
      row.hidden = !wanted;
      if (wanted) { count += 1; addresses.push(row.dataset.address); }
    }
    document.querySelector("#shown").textContent = `${count} of ${rows.length} shown`;
    document.querySelector("#copy-shown").dataset.copy = addresses.join(", ");
  };
  document.querySelector(".find").hidden = false;
  search.addEventListener("input", show);
  filter.addEventListener("input", show);
  show();
}
