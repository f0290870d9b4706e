// The map of projects, what one uses, who uses it, and the path between two. A block, since page.js has names of its own.
{
const data = JSON.parse(byId("data").textContent);
const NUMBER = new Map(data.projects.map((project, index) => [project.name, index]));
const uses = data.projects.map(() => new Set());
const usedBy = data.projects.map(() => new Set());
const members = data.projects.map(() => []);
const affected = new Set(data.affected);
const touched = new Set();
data.targets.forEach(([, project, , inputs], index) => {
  members[project].push(index);
  if (affected.has(index)) touched.add(project);
  for (const input of inputs) {
    const other = data.targets[input][1];
    if (other !== project) {
      uses[project].add(other);
      usedBy[other].add(project);
    }
  }
});
let chosen = null;

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// --- Map: a button a project, and a curve a use.

function curve(from, to) {
  const [ax, ay, aw] = data.projects[from].box;
  const [bx, by, bw] = data.projects[to].box;
  const [x, y, u, v] = [ax + aw / 2, ay + (by > ay ? 44 : 0), bx + bw / 2, by + (by > ay ? 0 : 44)];
  const middle = (y + v) / 2;
  return `M${x} ${y}C${x} ${middle} ${u} ${middle} ${u} ${v}`;
}

function curves(kind, pairs) {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("class", kind);
  path.setAttribute("d", pairs.map(([from, to]) => curve(from, to)).join(""));
  return path;
}

function text(share) {
  return share ? `${share[0].toFixed(1)} %` : "";
}

function drawMap() {
  const map = byId("map");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const right = Math.max(...data.projects.map(({ box }) => box[0] + box[2])) + 20;
  const bottom = Math.max(...data.projects.map(({ box }) => box[1])) + 64;
  svg.setAttribute("width", right);
  svg.setAttribute("height", bottom);
  svg.append(curves("", uses.flatMap((to, from) => [...to].map((other) => [from, other]))));
  map.append(svg);
  data.projects.forEach((project, index) => {
    const box = element("button", project.name, { type: "button", "aria-pressed": "false", class: "box" });
    const parts = [`${members[index].length} targets`, text(project.coverage)].filter(Boolean);
    box.append(element("small", parts.join(" · ")));
    box.style.left = `${project.box[0]}px`;
    box.style.top = `${project.box[1]}px`;
    box.style.width = `${project.box[2]}px`;
    box.classList.toggle("under", Boolean(project.coverage && project.coverage[1]));
    box.classList.toggle("affected", touched.has(index));
    box.addEventListener("click", () => choose(chosen === index ? null : index));
    map.append(box);
  });
}

function boxes() {
  return byId("map").querySelectorAll(".box");
}

function mark(kept) {
  boxes().forEach((box, index) => {
    box.classList.toggle("aside", kept !== null && !kept.has(index));
    box.classList.toggle("uses", chosen !== null && uses[chosen].has(index));
    box.classList.toggle("used", chosen !== null && usedBy[chosen].has(index));
    box.setAttribute("aria-pressed", String(index === chosen));
  });
}

// --- Detail: one project.

function link(index) {
  const made = element("button", data.projects[index].name, { type: "button", class: "link" });
  made.addEventListener("click", () => choose(index));
  return made;
}

function list(title, items) {
  const made = element("details", undefined, items.length < 15 ? { open: "" } : {});
  made.append(element("summary", `${title}: ${items.length}`));
  const below = element("ul");
  for (const item of items) {
    const row = element("li");
    row.append(item);
    below.append(row);
  }
  made.append(below);
  return made;
}

function describe(index) {
  const project = data.projects[index];
  const detail = [element("h2", project.name)];
  if (project.owners.length) detail.push(element("p", `Owners: ${project.owners.join(", ")}`));
  if (project.coverage) {
    detail.push(element("p", `${text(project.coverage)} of lines ran${project.coverage[1] ? ", under its floor" : ""}.`));
  }
  detail.push(list("Uses", [...uses[index]].map(link)), list("Used by", [...usedBy[index]].map(link)));
  const users = usersOf(members[index]);
  const targets = members[index].map((number) => {
    const [label, , kind] = data.targets[number];
    const shown = data.shown[label];
    const does = [...users.get(number)].map((user) => data.projects[user].name).sort().join(", ") || "nobody else";
    const may = shown ? `, may be used by ${shown.join(", ")}, is used by ${does}` : "";
    return element("span", `${label} (${data.kinds[kind]}${may})${affected.has(number) ? ", affected" : ""}`);
  });
  detail.push(list("Targets", targets));
  const own = images.filter((image) => data.targets[image.target][1] === index);
  if (own.length) detail.push(list("Images", own.map((image) => element("span", imageText(image)))));
  byId("detail").replaceChildren(...detail);
}

// Which other projects use each target.
function usersOf(numbers) {
  const users = new Map(numbers.map((number) => [number, new Set()]));
  data.targets.forEach(([, project, , inputs]) => {
    for (const input of inputs) {
      if (users.has(input) && data.targets[input][1] !== project) users.get(input).add(project);
    }
  });
  return users;
}

// --- Images: what each weighs, and what of it others have too.

const images = data.images.map(([target, layers]) => {
  const others = data.images.filter(([other, theirs]) => other !== target && theirs.some((layer) => layers.includes(layer)));
  const shared = layers.filter((layer) => others.some(([, theirs]) => theirs.includes(layer)));
  const sum = (numbers) => numbers.reduce((total, layer) => total + data.layers[layer][1], 0);
  return { target, count: layers.length, size: sum(layers), shared: sum(shared), others: others.map(([other]) => data.targets[other][0]) };
});

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function imageText({ target, count, size, shared, others }) {
  const rest = others.length ? `; ${megabytes(shared)} of it shared with ${others.join(", ")}` : "";
  return `${data.targets[target][0]}: ${megabytes(size)} in ${count} layers${rest}`;
}

function choose(index) {
  chosen = index;
  const svg = byId("map").querySelector("svg");
  svg.querySelectorAll(".uses, .used").forEach((path) => path.remove());
  if (index === null) {
    mark(null);
    byId("detail").replaceChildren();
    return;
  }
  svg.append(curves("uses", [...uses[index]].map((other) => [index, other])));
  svg.append(curves("used", [...usedBy[index]].map((other) => [other, index])));
  mark(new Set([index, ...uses[index], ...usedBy[index]]));
  describe(index);
  boxes()[index].scrollIntoView({ block: "nearest", inline: "nearest" });
  if (byId("goal").value) showPath();
}

// --- Find, and the path between two.

function find() {
  const words = byId("find").value.trim();
  if (!words) return mark(null);
  const kept = new Set();
  data.targets.forEach(([label, project]) => { if (label.includes(words)) kept.add(project); });
  byId("found").textContent = `${kept.size} projects`;
  mark(kept);
  if (NUMBER.has(words)) choose(NUMBER.get(words));
  else if (kept.size === 1) choose([...kept][0]);
}

function pathBetween(from, to) {
  const before = new Map([[from, null]]);
  const queue = [from];
  for (const project of queue) {
    if (project === to) {
      const path = [];
      for (let at = to; at !== null; at = before.get(at)) path.unshift(at);
      return path;
    }
    for (const other of uses[project]) {
      if (!before.has(other)) {
        before.set(other, project);
        queue.push(other);
      }
    }
  }
  return null;
}

function showPath() {
  const goal = NUMBER.get(byId("goal").value.trim());
  if (chosen === null || goal === undefined) return;
  const path = pathBetween(chosen, goal) || pathBetween(goal, chosen);
  const names = path && path.map((index) => data.projects[index].name);
  byId("found").textContent = names ? names.join(" → ") : "neither uses the other";
  if (path) mark(new Set(path));
}

// --- Table: the same for who reads rather than looks.

function addRow(id, name, ...cells) {
  const row = element("tr");
  row.append(element("th", name, { scope: "row" }));
  for (const [content, attributes] of cells) row.append(element("td", content, attributes));
  byId(id).tBodies[0].append(row);
}

function fillTables() {
  const named = (set) => [...set].map((index) => data.projects[index].name).sort().join(", ") || "-";
  const number = (sort) => ({ "data-sort": sort, class: "number" });
  const wide = { class: "wide" };
  data.projects.forEach((project, index) => {
    addRow("projects", project.name,
      [String(members[index].length), number(members[index].length)],
      [text(project.coverage) || "-", number(project.coverage ? project.coverage[0] : -1)],
      [named(uses[index]), wide], [named(usedBy[index]), wide], [project.owners.join(", ") || "-"]);
  });
  for (const image of images) {
    addRow("images", data.targets[image.target][0],
      [megabytes(image.size), number(image.size)], [String(image.count), number(image.count)],
      [megabytes(image.shared), number(image.shared)], [image.others.join(", ") || "-", wide]);
  }
  const names = data.projects.map((project) => element("option", undefined, { value: project.name }));
  byId("names").append(...names);
}

drawMap();
fillTables();
const parts = [`${data.projects.length} projects`, `${data.targets.length} targets`];
if (affected.size) parts.push(`${affected.size} affected, in ${touched.size} projects`);
byId("said").textContent = parts.join(" · ");
byId("find").addEventListener("input", find);
byId("goal").addEventListener("input", showPath);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") choose(null);
  else if (event.key === "/" && event.target.tagName !== "INPUT") {
    event.preventDefault();
    byId("find").focus();
  }
});
}
