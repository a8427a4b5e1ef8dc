
(() => {
  "use strict";
  const table = document.getElementById("table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const field = (id) => document.getElementById(id);
  const text = field("text"), verdict = field("verdict"), severity = field("severity"), rule = field("rule");
  const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  const filter = () => {
    const parts = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const data = row.dataset;
      const fits = (!verdict.value || data.verdict === verdict.value)
        && Number(data.severity) >= Number(severity.value)
        && (!rule.value || data.rule === rule.value)
        && parts.every((part) => words.get(row).includes(part));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    field("count").textContent = `${shown} of ${rows.length} shown`;
  };

  const key = (row, column) => {
    const cell = row.cells[column];
    return { text: cell.dataset.key ?? cell.textContent.trim(), line: Number(cell.dataset.line ?? 0) };
  };
  const place = (one) => one.replace(/:\d+:\d+$/, "");
  const sort = (column, down) => {
    const keys = new Map(rows.map((row) => [row, key(row, column)]));
    const compare = (a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      const byText = place(x.text).localeCompare(place(y.text), "en");
      return byText || x.line - y.line;
    };
    const sorted = [...rows].sort((a, b) => (down ? compare(b, a) : compare(a, b)));
    body.append(...sorted);
  };

  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(column, down);
    });
  });

  for (const one of [text, verdict, severity, rule]) one.addEventListener("input", filter);
  field("reset").addEventListener("click", () => {
    text.value = verdict.value = rule.value = "";
    severity.value = "0";
    filter();
    text.focus();
  });
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  document.querySelector(".controls").hidden = false;
  filter();
})();
