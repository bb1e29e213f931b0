// Makes the heatmap a grid: one stop of the tab key, arrow keys from cell to cell, space folds and unfolds a
// unit without leaving the page, enter opens it. Without script it is a table with links that do the same.
const table = document.querySelector("table.heatmap[data-below]");
const body = table.tBodies[0];
const scroller = table.parentElement;

const rows = () => [...table.rows].filter((row) => !row.hidden);
const level = (row) => Number(row.dataset.level ?? 0);
const foldOf = (row) => row.querySelector(".heatmap__fold[aria-expanded]");
const isOpen = (row) => foldOf(row)?.getAttribute("aria-expanded") === "true";

function below(row) {
  const found = [];
  for (let next = row.nextElementSibling; next && level(next) > level(row); next = next.nextElementSibling) {
    found.push(next);
  }
  return found;
}

// Roles and tab stops

let current = null;

function prepare() {
  for (const row of table.rows) {
    if (row.dataset.level) row.setAttribute("aria-level", row.dataset.level);
    const fold = foldOf(row);
    if (fold) row.setAttribute("aria-expanded", fold.getAttribute("aria-expanded"));
    for (const cell of row.cells) {
      if (cell === current) continue;
      cell.tabIndex = -1;
      for (const link of cell.querySelectorAll("a")) link.tabIndex = -1;
    }
  }
}

function stand(cell) {
  if (!cell) return;
  if (current) current.tabIndex = -1;
  current = cell;
  cell.tabIndex = 0;
}

function go(cell) {
  if (!cell) return;
  stand(cell);
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  uncover(cell);
}

// The first row and column stay in sight; what is under them is not.
function uncover(cell) {
  const box = cell.getBoundingClientRect();
  const left = cell.parentElement.cells[0].getBoundingClientRect().right - box.left;
  const top = table.tHead.getBoundingClientRect().bottom - box.top;
  if (cell.cellIndex > 0 && left > 0) scroller.scrollLeft -= left;
  if (body.contains(cell) && top > 0) scroller.scrollTop -= top;
}

// Folding

function label(row, open) {
  const name = row.querySelector(".card__link").textContent.trim();
  const text = open ? table.dataset.fold : table.dataset.unfold;
  foldOf(row).setAttribute("aria-expanded", String(open));
  foldOf(row).setAttribute("aria-label", text.replace("{unit}", name));
  row.setAttribute("aria-expanded", String(open));
}

function fold(row) {
  for (const lower of below(row)) lower.hidden = true;
  label(row, false);
}

async function unfold(row) {
  if (below(row).length === 0) await fetchBelow(row, row.dataset.unit, "");
  let hiddenUnder = Infinity;
  for (const lower of below(row)) {
    if (level(lower) > hiddenUnder) continue;
    lower.hidden = false;
    hiddenUnder = foldOf(lower) && !isOpen(lower) ? level(lower) : Infinity;
  }
  label(row, true);
}

async function fetchBelow(row, unit, after) {
  row.setAttribute("aria-busy", "true");
  const address = table.dataset.below.replace("/0/", `/${unit}/`);
  await htmx.ajax("GET", address + after, { target: row, swap: "afterend", source: row });
  row.removeAttribute("aria-busy");
  prepare();
}

async function toggle(row) {
  if (!foldOf(row)) return;
  await (isOpen(row) ? fold(row) : unfold(row));
  remember();
}

async function more(row) {
  const last = row.previousElementSibling;
  const { more: unit, after } = row.dataset;
  await fetchBelow(row, unit, `&after=${after}`);
  const next = row.nextElementSibling;
  row.remove();
  go((next ?? last).cells[0]);
}

// What is open stands in the address and in every link to another view, so that both keep it.
function remember() {
  const open = [...body.rows].filter((row) => !row.hidden && isOpen(row)).map((row) => row.dataset.unit);
  const keep = (address) => {
    const url = new URL(address, location.href);
    url.searchParams.set("open", open.join(",") || "none");
    return decodeURIComponent(url.pathname + url.search);
  };
  history.replaceState(null, "", keep(location.href));
  for (const link of document.querySelectorAll(".heatmap thead a, .segments a, .tabs a[href*='wave=']")) {
    link.href = keep(link.href);
  }
}

// Keys and the mouse

function beside(cell, down, right) {
  const seen = rows();
  const row = seen[Math.min(Math.max(seen.indexOf(cell.parentElement) + down, 0), seen.length - 1)];
  return row.cells[Math.min(Math.max(cell.cellIndex + right, 0), row.cells.length - 1)];
}

const PAGE = 10;
const MOVES = {
  ArrowUp: (cell) => beside(cell, -1, 0),
  ArrowDown: (cell) => beside(cell, 1, 0),
  ArrowLeft: (cell) => beside(cell, 0, -1),
  ArrowRight: (cell) => beside(cell, 0, 1),
  PageUp: (cell) => beside(cell, -PAGE, 0),
  PageDown: (cell) => beside(cell, PAGE, 0),
  Home: (cell, all) => (all ? beside(cell, -Infinity, -Infinity) : beside(cell, 0, -Infinity)),
  End: (cell, all) => (all ? beside(cell, Infinity, Infinity) : beside(cell, 0, Infinity)),
};

function enter(cell) {
  const row = cell.parentElement;
  if (row.dataset.more) return more(row);
  const link = cell.querySelector("a:not(.heatmap__fold)") ?? row.querySelector(".card__link");
  const theme = table.tHead.rows[0].cells[cell.cellIndex].dataset.theme;
  if (link) location.href = row.dataset.unit && theme ? `${link.href}#theme-${theme}` : link.href;
}

table.addEventListener("keydown", (event) => {
  const cell = event.target.closest("th, td");
  if (!cell || event.altKey || event.metaKey) return;
  const move = MOVES[event.key];
  if (move) go(move(cell, event.ctrlKey));
  else if (event.key === "Enter") enter(cell);
  else if (event.key === " ") toggle(cell.parentElement);
  else return;
  event.preventDefault();
});

table.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const cell = event.target.closest("th, td");
  if (!cell) return;
  const link = event.target.closest("a");
  if (link?.matches(".heatmap__fold")) toggle(cell.parentElement);
  else if (link?.matches(".heatmap__more")) more(cell.parentElement);
  else if (!link && cell.matches(".heat")) enter(cell);
  else return;
  event.preventDefault();
  stand(cell);
});

table.addEventListener("focusin", (event) => stand(event.target.closest("th, td")));

table.setAttribute("role", "treegrid");
scroller.removeAttribute("tabindex"); // the grid is the one stop
prepare();
stand(body.rows[0].cells[0]);
