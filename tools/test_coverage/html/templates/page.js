// What the pages do when they are used: theme, sort, search and tree on the index; tests and jumps on a file.
// Everything is there to read without it.
"use strict";

const byId = (id) => document.getElementById(id);

// --- Theme: the system's, until the reader chooses; a page from file:// may have no storage.

function storedTheme() {
  try {
    return localStorage.getItem("coverage-theme");
  } catch {
    return null;
  }
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function setUpTheme() {
  const button = byId("theme");
  const label = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  const stored = storedTheme();
  if (stored) document.documentElement.dataset.theme = stored;
  button.hidden = false;
  label();
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("coverage-theme", document.documentElement.dataset.theme);
    } catch { /* the choice lasts for this page */ }
    label();
  });
}

// --- Keys: what they do, and what the signs mean.

function setUpKeys() {
  const show = () => byId("keys").showModal();
  byId("keys-button").hidden = false;
  byId("keys-button").addEventListener("click", show);
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && event.target.tagName !== "INPUT" && !byId("keys").open) show();
  });
}

// --- Sort: a button in each head.

function sortKey(row, column) {
  const cell = row.cells[column];
  return cell.dataset.sort === undefined ? cell.textContent : Number(cell.dataset.sort);
}

function sortTable(table, column, direction) {
  const body = table.tBodies[0];
  const compare = (left, right) => {
    const a = sortKey(left, column);
    const b = sortKey(right, column);
    return (typeof a === "number" ? a - b : a.localeCompare(b)) * direction;
  };
  body.append(...[...body.rows].sort(compare));
  [...table.tHead.rows[0].cells].forEach((head, index) => {
    if (index === column) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    else head.removeAttribute("aria-sort");
  });
}

function setUpSort(table) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => {
      sortTable(table, column, head.getAttribute("aria-sort") === "ascending" ? -1 : 1);
    });
    head.replaceChildren(button);
  });
}

// --- Search and tree: both show the rows whose path holds what was typed.

function matchingRows() {
  const wanted = byId("search").value.trim().toLowerCase();
  return [...byId("file-table").tBodies[0].rows].filter((row) => {
    row.hidden = !row.dataset.path.toLowerCase().includes(wanted);
    return !row.hidden;
  });
}

function folderOf(rows) {
  const root = { folders: new Map(), rows: [] };
  for (const row of rows) {
    let folder = root;
    for (const part of row.dataset.path.split("/").slice(0, -1)) {
      if (!folder.folders.has(part)) folder.folders.set(part, { folders: new Map(), rows: [] });
      folder = folder.folders.get(part);
    }
    folder.rows.push(row);
  }
  return root;
}

function missingIn(folder) {
  const own = folder.rows.reduce((sum, row) => sum + Number(row.cells[2].dataset.sort), 0);
  return [...folder.folders.values()].reduce((sum, below) => sum + missingIn(below), own);
}

function treeOf(folder, isOpen) {
  const list = document.createElement("ul");
  for (const [name, below] of [...folder.folders].sort()) {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    const count = document.createElement("span");
    count.className = "number";
    count.textContent = ` ${missingIn(below)} lines never ran`;
    summary.append(name, "/", count);
    details.append(summary);
    const fill = () => {
      if (details.open && details.children.length === 1) details.append(treeOf(below, isOpen));
    };
    details.addEventListener("toggle", fill);
    details.open = isOpen;
    if (isOpen) fill();
    const item = document.createElement("li");
    item.append(details);
    list.append(item);
  }
  for (const row of folder.rows) {
    const item = document.createElement("li");
    const link = row.querySelector("a").cloneNode();
    link.textContent = row.dataset.path.split("/").at(-1);
    const share = document.createElement("span");
    share.className = "number";
    share.textContent = ` ${row.cells[1].textContent.trim()}`;
    item.append(link, share);
    list.append(item);
  }
  return list;
}

function showFiles() {
  const rows = matchingRows();
  const isTree = byId("as-tree").getAttribute("aria-pressed") === "true";
  byId("found").textContent = `${rows.length} file${rows.length === 1 ? "" : "s"}`;
  byId("file-table").hidden = isTree;
  byId("tree").hidden = !isTree;
  if (isTree) byId("tree").replaceChildren(treeOf(folderOf(rows), byId("search").value !== "" && rows.length < 200));
}

function setUpIndex() {
  byId("search").addEventListener("input", showFiles);
  byId("as-tree").addEventListener("click", (event) => {
    const pressed = event.target.getAttribute("aria-pressed") === "true";
    event.target.setAttribute("aria-pressed", String(!pressed));
    showFiles();
  });
  document.querySelectorAll("[data-scope]").forEach((link) => {
    link.addEventListener("click", () => {
      byId("search").value = `${link.dataset.scope}/`;
      showFiles();
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && event.target !== byId("search")) {
      event.preventDefault();
      byId("search").focus();
    }
  });
  // The browser may have kept what was typed.
  if (byId("search").value) showFiles();
}

// --- A file: a count opens its tests beside the line; n and p jump.

function closeTests() {
  document.querySelectorAll(".tests.open").forEach((box) => box.remove());
}

function openTests(link) {
  closeTests();
  const box = byId(link.hash.slice(1)).cloneNode(true);
  box.removeAttribute("id");
  box.classList.add("open");
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", `Which tests ran line ${link.closest("tr").id.slice(1)}`);
  const place = link.getBoundingClientRect();
  box.style.top = `${place.bottom + scrollY}px`;
  box.style.left = `${place.left + scrollX}px`;
  document.body.append(box);
  box.focus();
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      closeTests();
      link.focus();
    }
  });
}

function jump(direction) {
  const rows = [...document.querySelectorAll(".source tbody tr")];
  const isGap = (row) => row && (row.classList.contains("missed") || row.classList.contains("partial"));
  // The first line of each place.
  const starts = rows.filter((row, index) => isGap(row) && !isGap(rows[index - 1]));
  const here = rows.findIndex((row) => `#${row.id}` === location.hash);
  const ahead = starts.filter((row) => (rows.indexOf(row) - here) * direction > 0);
  const target = direction > 0 ? ahead[0] : ahead.at(-1);
  if (!target) return;
  location.hash = target.id;
  target.scrollIntoView({ block: "center" });
}

function setUpFile() {
  document.querySelectorAll(".source td:nth-child(2) a").forEach((link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      openTests(link);
    });
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".source td:nth-child(2), .tests")) closeTests();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "n") jump(1);
    if (event.key === "p") jump(-1);
  });
}

setUpTheme();
setUpKeys();
document.querySelectorAll("table.sortable").forEach(setUpSort);
if (byId("file-table")) setUpIndex();
if (document.querySelector(".source")) setUpFile();
