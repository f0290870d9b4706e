// Turns a drawing into the 8 by 8 image that the classifier knows, and asks for its digit.
"use strict";

const SIDE = 8;
const BLOCK = 4; // Each pixel of the image counts the ink in 4 by 4 finer ones.
const GRID = SIDE * BLOCK;
const PEN = 60; // As thick, once scaled, as the strokes that the classifier learnt from.
const PAUSE_MILLISECONDS = 200;
const PATIENCE_MILLISECONDS = 3000;

const canvas = document.getElementById("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true });
const answer = document.getElementById("answer");
const probabilities = document.getElementById("probabilities");
let asked = 0;

function clear() {
  asked += 1;
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  probabilities.replaceChildren();
  answer.textContent = "Draw with the mouse or a finger.";
}

function point(event) {
  const box = canvas.getBoundingClientRect();
  const scale = canvas.width / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
}

function draw(event) {
  if (event.buttons === 0) return;
  if (event.type === "pointerdown") {
    canvas.setPointerCapture(event.pointerId);
    context.beginPath();
    context.moveTo(...point(event));
  }
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = PEN;
  context.lineTo(...point(event));
  context.stroke();
}

// The smallest box around the ink, or null where there is none.
function inkBox() {
  const { width, height } = canvas;
  const pixels = context.getImageData(0, 0, width, height).data;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (pixels[4 * (y * width + x)] > 127) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

// As the classifier's training data was made: the ink fills the image's height, is centred, and
// becomes 32 by 32 black or white pixels, which are counted in blocks.
function image() {
  const box = inkBox();
  if (box === null) return null;
  const small = document.createElement("canvas");
  small.width = small.height = GRID;
  const grid = small.getContext("2d");
  grid.fillStyle = "white";
  grid.fillRect(0, 0, GRID, GRID);
  const scale = GRID / Math.max(box.width, box.height);
  const [width, height] = [box.width * scale, box.height * scale];
  const [x, y] = [(GRID - width) / 2, (GRID - height) / 2];
  grid.drawImage(canvas, box.left, box.top, box.width, box.height, x, y, width, height);
  const pixels = grid.getImageData(0, 0, GRID, GRID).data;
  const rows = Array.from({ length: SIDE }, () => new Array(SIDE).fill(0));
  for (let row = 0; row < GRID; row += 1) {
    for (let column = 0; column < GRID; column += 1) {
      if (pixels[4 * (row * GRID + column)] > 127) continue;
      rows[Math.floor(row / BLOCK)][Math.floor(column / BLOCK)] += 1;
    }
  }
  return rows;
}

async function fetchJson(path, body) {
  const request = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(path, request);
  const json = await response.json();
  if (!response.ok) throw new Error(json.detail ?? response.statusText);
  return json;
}

async function predictAsJob(body) {
  const begin = Date.now();
  let job = await fetchJson("v1/jobs", body);
  while (job.state === "queued") {
    const isLate = Date.now() - begin > PATIENCE_MILLISECONDS;
    answer.textContent = isLate
      ? "No worker has taken the job yet. Does services/common_ml run? It is waited for …"
      : "The job is queued …";
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    job = await fetchJson(`v1/jobs/${job.id}`);
  }
  if (job.state === "failed") throw new Error(job.error);
  return job;
}

function show(prediction) {
  const percent = Math.round(100 * prediction.confidence);
  answer.textContent = `It is a ${prediction.digit} (${percent} %).`;
  const items = prediction.probabilities.map((probability, digit) => {
    const [item, meter] = [document.createElement("li"), document.createElement("meter")];
    meter.value = probability;
    item.append(`${digit}`, meter);
    return item;
  });
  probabilities.replaceChildren(...items);
}

async function ask(predict) {
  const drawn = image();
  if (drawn === null) {
    answer.textContent = "Draw something first.";
    return;
  }
  asked += 1;
  const turn = asked;
  answer.textContent = "…";
  try {
    const { predictions } = await predict({ images: [drawn] });
    if (turn === asked) show(predictions[0]);
  } catch (error) {
    if (turn === asked) answer.textContent = error.message;
  }
}

canvas.addEventListener("pointerdown", draw);
canvas.addEventListener("pointermove", draw);
document.getElementById("clear").addEventListener("click", clear);
document
  .getElementById("predict")
  .addEventListener("click", () => ask((body) => fetchJson("v1/predictions", body)));
document.getElementById("queue").addEventListener("click", () => ask(predictAsJob));
clear();
