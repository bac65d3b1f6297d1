// Sorts, filters, searches and opens the table of claims. Text goes in as text, never as markup.
(() => {
  "use strict";
  const STEP = 50;
  const part = (id) => document.getElementById(id);
  const data = JSON.parse(part("data").textContent);
  const table = part("table");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const filters = Array.from(document.querySelectorAll("[data-filter]"));
  const search = part("search");
  const sorting = part("sort");
  const opened = new Map();
  const blocks = new Map();
  const state = { column: -1, order: "", shown: STEP };
  let order = rows.map((_, i) => i);
  let matching = order;
  let texts = null;
  let waiting = 0;

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    // A number and its percent sign stay on one line.
    made.append(typeof text === "string" ? text.replace(/(\d) %/g, "$1\u00a0%") : text);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const count = (number) => number.toLocaleString("en-GB");

  // What a row must hold to be shown: every word that is searched for, and every choice made.
  function condition() {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    if (words.length && !texts) texts = rows.map((row) => plain(row.textContent));
    const chosen = filters
      .filter((filter) => filter.value !== "")
      .map((filter) => [data.filters[Number(filter.dataset.filter)], Number(filter.value)]);
    const any = words.length > 0 || chosen.length > 0;
    return [any, (i) => chosen.every(([values, value]) => values[i] === value) && words.every((word) => texts[i].includes(word))];
  }

  // Rows are fitted out for use when they are first shown, so that opening a long page stays quick.
  function equip(i) {
    const row = rows[i];
    const head = row.cells[0];
    if (head.firstChild.localName === "button") return;
    head.firstChild.replaceWith(element("button", head.firstChild.textContent, { type: "button", "aria-expanded": "false" }));
    row.setAttribute("role", "row");
    head.setAttribute("role", "rowheader");
    for (const cell of Array.from(row.cells).slice(1)) cell.setAttribute("role", "cell");
  }

  // Only rows that are shown stand in the table: a browser is quick with a hundred, and slow with thousands.
  function draw() {
    const [any, fits] = condition();
    matching = order.filter(fits);
    const shown = Math.min(matching.length, state.shown);
    put(matching.slice(0, shown));
    part("more").hidden = shown === matching.length;
    part("rest").textContent = `Show all ${count(matching.length)}`;
    const found = any ? `${count(matching.length)} of ${count(rows.length)} claims match` : `${count(rows.length)} claims`;
    const first = shown < matching.length ? `; the first ${count(shown)} are shown` : "";
    const { column } = state;
    const by = column < 0 ? "" : ` Sorted by ${data.columns[column].label.toLowerCase()}, ${data.columns[column][state.order]}.`;
    // While somebody types, one message at the end is enough to hear.
    clearTimeout(waiting);
    waiting = setTimeout(() => { part("count").textContent = `${found}${first}.${by}`; }, search === document.activeElement ? 300 : 0);
  }

  function put(numbers) {
    numbers.forEach(equip);
    body.replaceChildren(...numbers.flatMap((i) => (opened.has(i) ? [rows[i], opened.get(i)] : [rows[i]])));
  }

  function sort(column, direction) {
    const { ranks } = data.columns[column];
    const sign = direction === "up" ? 1 : -1;
    state.column = column;
    state.order = direction;
    // What has no value comes last, whichever way it is sorted.
    order.sort((a, b) => (ranks[a] < 0) - (ranks[b] < 0) || sign * (ranks[a] - ranks[b]) || a - b);
    heads.forEach((head, i) => {
      if (!data.columns[i].ranks) return;
      head.setAttribute("aria-sort", i !== column ? "none" : direction === "up" ? "ascending" : "descending");
    });
    sorting.value = `${column}:${direction}`;
    draw();
  }

  async function told(i) {
    const number = Math.floor(i / data.block);
    if (!blocks.has(number)) {
      const packed = Uint8Array.from(atob(part(`b${number}`).textContent), (letter) => letter.charCodeAt(0));
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      blocks.set(number, new Response(stream).json());
    }
    return (await blocks.get(number))[i % data.block];
  }

  function points(head, texts) {
    if (!texts.length) return [];
    const list = document.createElement("ul");
    list.append(...texts.map((text) => element("li", text)));
    return [element("h3", head), list];
  }

  function checks(found) {
    if (!found.length) return [element("p", "No check was run: without an estimate there is nothing to check.")];
    const made = element("table", element("caption", "Could explain: the share of the claim that a violation of this size would account for."), { class: "checks", role: "table" });
    const top = made.createTHead();
    top.setAttribute("role", "rowgroup");
    const first = top.insertRow();
    first.setAttribute("role", "row");
    for (const name of ["Question", "Answer", "What was seen", "Could explain"]) first.append(element("th", name, { scope: "col", role: "columnheader" }));
    const inside = made.createTBody();
    inside.setAttribute("role", "rowgroup");
    for (const [question, status, says, share] of found) {
      const [icon, word] = data.findings[status];
      const row = inside.insertRow();
      row.setAttribute("role", "row");
      const answer = element("td", element("span", icon, { "aria-hidden": "true" }), { role: "cell", class: status });
      answer.append(` ${word}`);
      const none = /\d/.test(share) ? "" : " none";
      row.append(element("th", question, { scope: "row", role: "rowheader" }), answer, element("td", says, { role: "cell" }), element("td", share, { role: "cell", class: `share${none}` }));
    }
    return [element("h3", "Checks"), made];
  }

  function summary(found) {
    const [claim, evidence, reasons, certainty, strength, answers, design] = found;
    const left = document.createElement("div");
    left.append(...points("The claim", claim), ...points("What the evidence shows", evidence));
    const right = document.createElement("div");
    right.append(...points("Why this verdict", reasons), element("h3", "Strength of evidence"), element("p", element("strong", certainty)), ...strength.map((text) => element("p", text)));
    if (design) right.append(element("p", design));
    const pair = element("div", left, { class: "pair" });
    pair.append(right);
    return [pair, ...checks(answers)];
  }

  async function toggle(i) {
    const button = rows[i].cells[0].firstChild;
    if (opened.has(i)) {
      opened.get(i).remove();
      opened.delete(i);
      button.setAttribute("aria-expanded", "false");
      button.removeAttribute("aria-controls");
      return;
    }
    let inside;
    try {
      inside = summary(await told(i));
    } catch (error) {
      inside = [element("p", "This browser cannot unpack the summary: it was made before 2023. The row holds the verdict and its numbers.")];
    }
    if (opened.has(i)) return;
    const group = element("div", "", { role: "group", "aria-label": `Summary: ${button.textContent}` });
    group.append(...inside);
    const row = element("tr", element("td", group, { colspan: String(heads.length), role: "cell" }), { class: "detail", id: `d${i}`, role: "row" });
    opened.set(i, row);
    rows[i].after(row);
    button.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-controls", `d${i}`);
  }

  // Shows a row wherever it is, and goes there.
  async function go(i) {
    if (!matching.includes(i)) clear();
    draw();
    state.shown = Math.max(state.shown, Math.ceil((matching.indexOf(i) + 1) / STEP) * STEP);
    draw();
    if (!opened.has(i)) await toggle(i);
    rows[i].cells[0].firstChild.focus({ preventScroll: true });
    rows[i].scrollIntoView({ block: "start" });
  }

  function clear() {
    search.value = "";
    for (const filter of filters) filter.value = "";
    state.shown = STEP;
  }

  function fresh() {
    state.shown = STEP;
    draw();
  }

  function more(number) {
    const before = state.shown;
    state.shown = number;
    draw();
    // The button may be gone now: go on where the new rows begin.
    if (part("more").hidden) rows[matching[before]].cells[0].firstChild.focus();
  }

  heads.forEach((head, i) => {
    const { label, first, up, down, ranks } = data.columns[i];
    head.setAttribute("role", "columnheader");
    if (!ranks) return;
    const button = element("button", label, { type: "button" });
    button.addEventListener("click", () => sort(i, state.column !== i ? first : state.order === "up" ? "down" : "up"));
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    const directions = first === "up" ? [["up", up], ["down", down]] : [["down", down], ["up", up]];
    for (const [direction, said] of directions) sorting.append(element("option", `${label}, ${said}`, { value: `${i}:${direction}` }));
  });
  sorting.prepend(element("option", "As listed", { value: "" }));
  sorting.value = "";
  sorting.addEventListener("change", () => {
    if (sorting.value) sort(Number(sorting.value.split(":")[0]), sorting.value.split(":")[1]);
  });
  for (const [block, role] of [[table, "table"], [table.tHead, "rowgroup"], [table.tHead.rows[0], "row"], [body, "rowgroup"]]) block.setAttribute("role", role);
  for (const filter of filters) filter.addEventListener("change", fresh);
  search.addEventListener("input", fresh);
  part("clear").addEventListener("click", () => { clear(); draw(); });
  part("next").addEventListener("click", () => more(state.shown + STEP));
  part("rest").addEventListener("click", () => more(rows.length));
  body.addEventListener("click", (event) => {
    const button = event.target.closest("th > button");
    if (button && body.contains(button)) toggle(rows.indexOf(button.closest("tr")));
  });
  body.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr.detail, tr[id^=c]");
    if (event.key !== "Escape" || !row) return;
    const i = Number(row.id.slice(1));
    if (!opened.has(i)) return;
    rows[i].cells[0].firstChild.focus();
    toggle(i);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#c']");
    if (link && !event.ctrlKey && !event.metaKey && /^#c\d+$/.test(link.hash)) {
      event.preventDefault();
      go(Number(link.hash.slice(2)));
    }
  });
  for (const button of document.querySelectorAll("[data-list]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      clear();
      const list = filters.find((filter) => filter.parentElement.textContent.startsWith("List"));
      list.value = button.dataset.list;
      fresh();
      part("every").focus();
    });
  }
  // Paper has room for every row that matches.
  window.addEventListener("beforeprint", () => put(matching));
  window.addEventListener("afterprint", () => put(matching.slice(0, state.shown)));
  part("off").hidden = true;
  part("controls").hidden = false;
  draw();
})();
