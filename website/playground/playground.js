// The page of the playground: one state, changed by the controls, and one function that shows it all.

import { corners, forward, outputSize, slice, zeroPad } from "./conv.js";

const PICTURES = {
  edge: rows(8, 8, (row, column) => (column < 4 ? 9 : 0)),
  cross: rows(8, 8, (row, column) => ([3, 4].includes(row) || [3, 4].includes(column) ? 9 : 1)),
  ramp: rows(8, 8, (row, column) => row + column - Math.max(0, row + column - 9)),
  ring: rows(6, 8, (row, column) => {
    const distance = Math.hypot(1.2 * (row - 2.5), column - 3.5);
    return distance > 1.6 && distance < 3.6 ? 8 : 0;
  }),
};
const FILTERS = {
  vertical: (f) => rows(f, f, (row, column) => (f > 1 ? (column === 0) - (column === f - 1) : 1)),
  horizontal: (f) => rows(f, f, (row) => (f > 1 ? (row === 0) - (row === f - 1) : 1)),
  blur: (f) => rows(f, f, () => 1 / (f * f)),
  identity: (f) => rows(f, f, (row, column) => Number(row === (f - 1) >> 1 && column === (f - 1) >> 1)),
};
const PAUSE = 700; // milliseconds at each stop while it plays

const state = {
  picture: PICTURES.edge,
  mode: "convolution",
  f: 3,
  stride: 1,
  pad: 1,
  filter: FILTERS.vertical(3),
  bias: 0,
  h: 0,
  w: 0,
};
let output, timer;

const $ = (id) => document.getElementById(id);

function rows(height, width, value) {
  return Array.from({ length: height }, (_, row) => Array.from({ length: width }, (_, column) => value(row, column)));
}

// ---------------------------------------------------------------- words and numbers

/** Words in both languages; the switch of the page shows one of them or both. */
function say(en, zh) {
  return `<span lang="en">${en}</span> <span lang="zh">${zh}</span>`;
}

/** A number with a proper minus sign, rounded to some places. */
function number(value, places = 3) {
  return String(Number(value.toFixed(places)) || 0).replace("-", "−");
}

/** A number short enough for a cell. */
function brief(value) {
  return number(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

/** The same as a factor or summand: negative ones in brackets. */
function term(value) {
  return value < 0 ? `(${number(value)})` : number(value);
}

/** "=", or "≈" where rounding hides something. */
function equals(value) {
  return Number(value.toFixed(3)) === Number(value.toFixed(12)) ? "=" : "≈";
}

// ---------------------------------------------------------------- tables

/** Fill a table with `count` = [rows, columns] cells, each made by cell(row, column), and their indices. */
function fill(table, [height, width], cell) {
  const head = Array.from({ length: width }, (_, column) => `<th scope="col">${column}</th>`).join("");
  const body = Array.from({ length: height }, (_, row) => {
    const cells = Array.from({ length: width }, (_, column) => cell(row, column)).join("");
    return `<tr><th scope="row">${row}</th>${cells}</tr>`;
  }).join("");
  table.innerHTML = `<thead><tr><td aria-hidden="true"></td>${head}</tr></thead><tbody>${body}</tbody>`;
  table.parentElement.style.setProperty("--columns", width);
}

/** The look of a number: how strong its colour is, compared with the largest, and how small its type. */
function look(value, largest, text = brief(value)) {
  const strength = largest ? Math.round((100 * Math.abs(value)) / largest) : 0;
  return `style="--strength:${strength}%" data-length="${text.length}" data-sign="${Math.sign(value)}"`;
}

const largestOf = (grid) => Math.max(...grid.flat().map(Math.abs));
const sizeOf = (grid) => [grid.length, grid[0].length];

function showPicture() {
  const { picture, pad } = state;
  const [height, width] = sizeOf(picture);
  const largest = largestOf(picture);
  const editing = $("edit").checked;
  fill($("input"), [height + 2 * pad, width + 2 * pad], (row, column) => {
    const value = picture[row - pad]?.[column - pad];
    if (value === undefined) return `<td class="border">0</td>`;
    if (!editing) return `<td ${look(value, largest)}>${brief(value)}</td>`;
    const name = `row ${row}, column ${column} · 第 ${row} 行第 ${column} 列`;
    return `<td ${look(value, largest)}><input type="number" step="any" value="${value}" aria-label="${name}"
      data-row="${row - pad}" data-column="${column - pad}"></td>`;
  });
  $("board").classList.toggle("editing", editing);
  $("input-shape").textContent = pad
    ? `${height} × ${width} → ${height + 2 * pad} × ${width + 2 * pad}`
    : `${height} × ${width}`;
}

function showFilter() {
  const convolution = state.mode === "convolution";
  $("weights").hidden = !convolution;
  $("no-weights").hidden = convolution;
  $("pooled-border").hidden = state.pad === 0;
  $("filter-shape").textContent = convolution ? `${state.f} × ${state.f}` : "";
  const largest = largestOf(state.filter);
  fill($("filter"), sizeOf(state.filter), (row, column) => {
    const value = state.filter[row][column];
    const name = `row ${row}, column ${column} · 第 ${row} 行第 ${column} 列`;
    return `<td ${look(value, largest)}><input type="number" step="any" value="${Number(value.toFixed(3))}"
      aria-label="${name}" data-row="${row}" data-column="${column}"></td>`;
  });
}

function showOutput() {
  const largest = largestOf(output);
  fill($("output"), sizeOf(output), (h, w) => {
    const value = output[h][w];
    return `<td role="gridcell" tabindex="-1" data-h="${h}" data-w="${w}"
      ${look(value, largest)}>${brief(value)}</td>`;
  });
  $("output-shape").textContent = sizeOf(output).join(" × ");
}

function showSizes() {
  const { picture, f, pad, stride } = state;
  const line = (axis, previous) => `<math display="block"><mrow><msub><mi>n</mi><mi>${axis}</mi></msub><mo>=</mo>
    <mo stretchy="true">⌊</mo><mfrac><mrow><msub><mi>n</mi><msub><mi>${axis}</mi><mi>prev</mi></msub></msub><mo>+</mo>
    <mn>2</mn><mo>·</mo><mi>pad</mi><mo>−</mo><mi>f</mi></mrow><mi>stride</mi></mfrac><mo stretchy="true">⌋</mo>
    <mo>+</mo><mn>1</mn><mo>=</mo><mo stretchy="true">⌊</mo><mfrac><mrow><mn>${previous}</mn><mo>+</mo><mn>2</mn>
    <mo>·</mo><mn>${pad}</mn><mo>−</mo><mn>${f}</mn></mrow><mn>${stride}</mn></mfrac><mo stretchy="true">⌋</mo>
    <mo>+</mo><mn>1</mn><mo>=</mo><mn>${outputSize(previous, f, pad, stride)}</mn></mrow></math>`;
  $("sizes").innerHTML = line("H", picture.length) + line("W", picture[0].length);
}

// ---------------------------------------------------------------- the window

function showStop() {
  const { picture, pad, f, stride, h, w, mode } = state;
  const { top, bottom, left, right } = corners(h, w, f, stride);
  const value = output[h][w];
  const width = output[0].length;

  const frame = $("window");
  for (const [name, cells] of Object.entries({ top, left, f })) frame.style.setProperty(`--${name}`, cells);
  frame.setAttribute("aria-valuemin", 0);
  frame.setAttribute("aria-valuemax", output.length * width - 1);
  frame.setAttribute("aria-valuenow", h * width + w);
  frame.setAttribute("aria-valuetext", `h = ${h}, w = ${w}`);

  for (const cell of $("output").querySelectorAll("[role=gridcell]")) {
    const chosen = Number(cell.dataset.h) === h && Number(cell.dataset.w) === w;
    cell.tabIndex = chosen ? 0 : -1;
    cell.setAttribute("aria-selected", chosen);
  }

  const numbers = slice(zeroPad(picture, pad), h, w, f, stride);
  const what = { convolution: "Z", max: "A", average: "A" }[mode];
  $("status").innerHTML = say(
    `Output row ${h}, column ${w}: <strong>${number(value)}</strong>.`,
    `输出第 ${h} 行第 ${w} 列：<strong>${number(value)}</strong>。`,
  );
  $("corners").innerHTML = `<code>vert_start = ${h}·${stride} = ${top}</code> <code>vert_end = ${bottom}</code>
    <code>horiz_start = ${w}·${stride} = ${left}</code> <code>horiz_end = ${right}</code>`;
  $("sum").innerHTML = `<code>${what}[${h}, ${w}]</code> = ${working(numbers)} ${equals(value)}
    <strong>${number(value)}</strong>`;
  if (timer === undefined) keep();
}

/** How the number at this stop comes about, written out, one row of the window a line. */
function working(numbers) {
  const { mode, filter, bias, f } = state;
  const lines = (write, sign) =>
    numbers.map((row, p) => `<span>${row.map((value, q) => write(value, p, q)).join(sign)}</span>`);
  if (mode === "convolution") {
    const products = lines((value, p, q) => `${term(value)}·${term(filter[p][q])}`, " + ").join(" + ");
    return `${products} + <span class="bias">${term(bias)}</span>`;
  }
  if (mode === "max") return `max(${lines((value) => number(value), ", ").join(", ")})`;
  return `(${lines(term, " + ").join(" + ")}) / ${f * f}`;
}

function moveTo(h, w) {
  const [height, width] = sizeOf(output);
  state.h = Math.min(Math.max(h, 0), height - 1);
  state.w = Math.min(Math.max(w, 0), width - 1);
  showStop();
}

/** Go some stops on (or back), from the end of a row to the next and from the last stop to the first. */
function step(by) {
  const [height, width] = sizeOf(output);
  const stop = (state.h * width + state.w + by + height * width) % (height * width);
  moveTo(Math.floor(stop / width), stop % width);
}

const KEYS = {
  ArrowLeft: () => moveTo(state.h, state.w - 1),
  ArrowRight: () => moveTo(state.h, state.w + 1),
  ArrowUp: () => moveTo(state.h - 1, state.w),
  ArrowDown: () => moveTo(state.h + 1, state.w),
  Home: (event) => moveTo(event.ctrlKey ? 0 : state.h, 0),
  End: (event) => moveTo(event.ctrlKey ? output.length : state.h, output[0].length),
};

function onKey(event) {
  const move = KEYS[event.key];
  if (!move) return;
  event.preventDefault();
  play(false);
  move(event);
  if (event.currentTarget === $("output")) $("output").querySelector("[aria-selected=true]").focus();
}

/** Put the middle of the window under the pointer, or as near as a stop can be. */
function onDrag(event) {
  if (event.type === "pointerdown") {
    play(false);
    event.currentTarget.setPointerCapture(event.pointerId);
  }
  if (event.currentTarget.hasPointerCapture(event.pointerId)) moveUnder(event);
}

function moveUnder(event) {
  const { f, stride } = state;
  const cells = $("input").tBodies[0].rows[0].cells;
  const { left, top, width } = cells[1].getBoundingClientRect();
  const stop = (from, to) => Math.round(((to - from) / width - f / 2) / stride);
  moveTo(stop(top, event.clientY), stop(left, event.clientX));
}

function play(on) {
  clearInterval(timer);
  timer = on ? setInterval(step, PAUSE, 1) : undefined;
  $("status").setAttribute("aria-live", on ? "off" : "polite");
  $("play").innerHTML = on ? say("stop", "停") : say("play", "播放");
}

// ---------------------------------------------------------------- the state in the address

const CHOICES = { mode: ["convolution", "max", "average"], f: [1, 2, 3, 4], stride: [1, 2, 3], pad: [0, 1, 2] };
const START = { mode: "convolution", f: 3, stride: 1, pad: 1, picture: "edge", filter: "vertical", bias: 0, h: 0, w: 0 };

/** Numbers of one's own as they stand in an address: rows behind each other with a semicolon between. */
const written = (grid) => grid.map((row) => row.map((value) => Number(value.toFixed(3))).join(",")).join(";");

function gridIn(text, [height, width]) {
  const grid = text.split(";").map((row) => row.split(",").map(Number));
  const fits = grid.length === height && grid.every((row) => row.length === width && row.every(Number.isFinite));
  return fits ? grid : undefined;
}

/** Put what differs from the start into the address, so that it can be kept and shared. */
function keep() {
  const values = { ...state, picture: $("picture").value, filter: $("weights-of").value };
  if (values.picture === "own") values.picture = written(state.picture);
  if (values.filter === "own") values.filter = written(state.filter);
  const said = Object.keys(START).filter((name) => String(values[name]) !== String(START[name]));
  const address = said.map((name) => `${name}=${values[name]}`).join("&");
  history.replaceState(null, "", address ? `?${address}` : location.pathname);
}

/** Take over what the address says; what it says wrongly stays as at the start. */
function recall() {
  const said = Object.fromEntries(new URLSearchParams(location.search));
  const values = { ...START, ...said };
  for (const [name, choices] of Object.entries(CHOICES)) {
    state[name] = choices.find((choice) => String(choice) === values[name]) ?? START[name];
    document.querySelector(`[name="${name}"][value="${state[name]}"]`).checked = true;
  }
  const sizes = [[8, 8], [6, 8]];
  const own = sizes.map((size) => gridIn(values.picture, size)).find(Boolean);
  state.picture = PICTURES[values.picture] ?? own ?? PICTURES[START.picture];
  $("picture").value = PICTURES[values.picture] ? values.picture : own ? "own" : START.picture;
  const ownFilter = gridIn(values.filter, [state.f, state.f]);
  state.filter = FILTERS[values.filter]?.(state.f) ?? ownFilter ?? FILTERS[START.filter](state.f);
  $("weights-of").value = FILTERS[values.filter] ? values.filter : ownFilter ? "own" : START.filter;
  state.bias = Number(values.bias) || 0;
  $("bias").value = state.bias;
  state.h = Number(values.h) || 0;
  state.w = Number(values.w) || 0;
}

// ---------------------------------------------------------------- the controls

/** Compute and show everything anew after a change. */
function show() {
  output = forward(state.picture, state);
  showPicture();
  showFilter();
  showSizes();
  showResult();
}

function showResult() {
  output = forward(state.picture, state);
  showOutput();
  moveTo(state.h, state.w);
}

function choose(event) {
  const { name, value } = event.target;
  state[name] = name === "mode" ? value : Number(value);
  if (name === "f") {
    const old = state.filter;
    const preset = FILTERS[$("weights-of").value];
    state.filter = preset ? preset(state.f) : rows(state.f, state.f, (row, column) => old[row]?.[column] ?? 0);
  }
  show();
}

/** Take over a number that was typed into a cell; what is no number counts as 0. */
function edit(grid, chooser) {
  return ({ target }) => {
    const { row, column } = target.dataset;
    const value = target.valueAsNumber || 0;
    state[grid] = state[grid].map((numbers, k) => (k === Number(row) ? numbers.with(Number(column), value) : numbers));
    $(chooser).value = "own";
    const largest = largestOf(state[grid]);
    target.closest("td").style.setProperty("--strength", `${largest ? (100 * Math.abs(value)) / largest : 0}%`);
    showResult();
  };
}

document.querySelector(".controls").addEventListener("change", choose);
document.querySelector(".controls").addEventListener("submit", (event) => event.preventDefault());
$("picture").addEventListener("change", ({ target }) => {
  state.picture = PICTURES[target.value] ?? state.picture;
  show();
});
$("weights-of").addEventListener("change", ({ target }) => {
  state.filter = FILTERS[target.value]?.(state.f) ?? state.filter;
  show();
});
$("bias").addEventListener("input", ({ target }) => {
  state.bias = target.valueAsNumber || 0;
  showResult();
});
$("edit").addEventListener("change", showPicture);
$("input").addEventListener("input", edit("picture", "picture"));
$("filter").addEventListener("input", edit("filter", "weights-of"));
$("input").addEventListener("click", (event) => $("edit").checked || moveUnder(event));
$("output").addEventListener("click", ({ target }) => {
  const { h, w } = target.closest("[role=gridcell]")?.dataset ?? {};
  if (h !== undefined) moveTo(Number(h), Number(w));
});
for (const name of ["window", "output"]) $(name).addEventListener("keydown", onKey);
for (const type of ["pointerdown", "pointermove"]) $("window").addEventListener(type, onDrag);
$("back").addEventListener("click", () => step(-1));
$("next").addEventListener("click", () => step(1));
$("play").addEventListener("click", () => play(timer === undefined));

play(false);
recall();
show();
$("playground").hidden = false;
