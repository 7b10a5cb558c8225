// The page: what is written where, and what the user does. All work on the net is in the worker.
import { Ink } from "./ink.js";
import { png, save, svg } from "./picture.js";
import { onGrid, resample, toSteps, toStrokes } from "./strokes.js";
import { otherLanguage, speak, word } from "./words.js";

const $ = (id) => document.getElementById(id);
const SEEDS = 1e9, VARIANTS = 6, HANDS = 3; // characters being written on the sheet at once
const FIRST = 8; // as many as cost no more than one
const NAMES = ["pen", "mixture", "width"];
const calls = new Map();
let worker, calling = 0, net = null, topic = 0;
let state = { seed: 1, settings: { pen: 1, mixture: 0.5, width: 0.5 } };
let begun; // called when the first stroke begins, which benchmarks/page.py measures
const firstInk = new Promise((resolve) => (begun = resolve));
const kanjiRead = firstInk.then(readKanji); // not before: the worker's first time is the writing's
let sheet = [], waiting = [], hands = 0, wanted = 0;
let strokes = [], current = null, pad = null, variants = [], round = 0, shown = null, large = null;

// ---- the worker

function makeWorker() {
  const inline = $("fk-worker");
  if (!inline) return new Worker("worker.js", { type: "module" });
  return new Worker(URL.createObjectURL(new Blob([inline.textContent], { type: "text/javascript" })));
}

function ask(kind, values = {}) {
  const id = ++calling;
  worker.postMessage({ id, kind, ...values });
  return new Promise((resolve, reject) => calls.set(id, { resolve, reject }));
}

const tell = (kind, values) => worker.postMessage({ id: ++calling, kind, ...values });

function heard({ data: message }) {
  if (message.kind === "written") return written(message);
  const call = calls.get(message.id);
  calls.delete(message.id);
  if (message.kind === "error") call ? call.reject(message) : say(word(message.code));
  else call?.resolve(message);
}

function say(text) {
  $("status").textContent = text ?? "";
  clearTimeout(say.timer);
  if (text) say.timer = setTimeout(() => say(""), 7000);
}

async function use(text, name) {
  try {
    const answer = await ask("net", { text });
    net = answer;
    performance.mark("net read");
  } catch (error) {
    return say(word(error.code === "other" ? "other_file" : error.code));
  }
  const s = net.sample ?? {};
  state.settings = { pen: s.pen_temperature ?? 1, mixture: s.mixture_temperature ?? 0.5, width: s.width_temperature ?? 0.5, ...fromLink().settings };
  pad = new Ink($("pad"), net.data);
  large = new Ink($("large"), net.data);
  showSettings();
  describeNet();
  strokes = [];
  fill(true);
  finish();
  if (name) say(word("loaded", name));
}

const describeNet = () => {
  const lost = net?.scores ? net.scores.lost.toFixed(4) : null;
  $("net").textContent = net ? word("net", net.model.layers, net.model.hidden_size, lost) : "";
};

// ---- the sheet

function cell(label, onclick) {
  const button = document.createElement("button"), canvas = document.createElement("canvas");
  Object.assign(button, { type: "button", className: "cell", onclick });
  button.setAttribute("aria-label", label);
  button.append(canvas);
  return { button, ink: new Ink(canvas, net.data) };
}

const pageSize = () => {
  const columns = getComputedStyle($("sheet")).gridTemplateColumns.split(" ").length;
  const rows = innerWidth > 820 ? Math.max(4, Math.round((innerHeight - 190) / ($("sheet").clientWidth / columns))) : 6;
  return columns * rows;
};

function fill(anew) {
  if (anew) {
    tell("cancel", { topic: `sheet${topic}` });
    topic++;
    sheet.forEach((each) => each.ink.stop());
    $("sheet").replaceChildren();
    [sheet, waiting, hands, wanted] = [[], [], 0, 0];
  }
  const from = wanted;
  wanted += pageSize();
  const numbers = [];
  for (let n = from; n < wanted; n++) {
    const each = { number: n, ...cell(word("character", n + 1), () => open(each)) };
    each.button.disabled = true;
    sheet.push(each);
    $("sheet").append(each.button);
    numbers.push(n);
  }
  const job = { topic: `sheet${topic}`, seed: state.seed, settings: state.settings };
  // a few first, so that writing begins at once
  tell("write", { ...job, numbers: numbers.slice(0, FIRST) });
  if (numbers.length > FIRST) tell("write", { ...job, numbers: numbers.slice(FIRST) });
}

function written({ topic: of, characters }) {
  for (const { number, steps } of characters) {
    const each = of === `sheet${topic}` ? sheet[number] : of === `desk${round}` ? variants[number] : null;
    if (!each) continue;
    Object.assign(each, { steps, strokes: toStrokes(steps, net.data) });
    each.button.disabled = false;
    each.button.setAttribute("aria-label", `${each.button.getAttribute("aria-label").split(",")[0]}, ${word("strokes", each.strokes.length)}`);
    if (each.own === undefined) waiting.push(each);
    else each.ink.write(each.strokes, { own: each.own, speed: 1.3 });
  }
  waiting.sort((a, b) => a.number - b.number);
  nextHand();
}

async function nextHand() {
  while (hands < HANDS && waiting.length) {
    const each = waiting.shift(), mine = topic;
    hands++;
    if (!performance.getEntriesByName("first ink").length) performance.mark("first ink"), begun();
    each.ink.write(each.strokes, { speed: 1.6 }).then(() => {
      if (mine !== topic) return;
      hands--;
      nextHand();
    });
  }
}

// ---- the desk

function finish() {
  tell("cancel", { topic: `desk${round}` });
  round++;
  const start = toSteps(strokes.map((s) => s.points), net.data);
  $("undo").disabled = $("clear").disabled = !strokes.length;
  pad.cloud = null;
  showPad();
  foresee(start);
  if (!strokes.length) return $("variants").replaceChildren();
  variants.forEach((each) => each.ink.stop());
  variants = Array.from({ length: VARIANTS }, (_, i) => {
    const each = { number: i, own: strokes.length, start, seed: state.seed + round, ...cell(word("variant", i + 1), () => open(each)) };
    each.button.disabled = true;
    return each;
  });
  $("variants").replaceChildren(...variants.map((each) => each.button));
  variants.forEach((each) => each.ink.show(strokes.map((s) => s.points)));
  tell("write", { topic: `desk${round}`, seed: state.seed + round, settings: state.settings, start, numbers: variants.map((v) => v.number) });
}

async function foresee(steps) {
  const mine = round;
  $("chances").hidden = !$("clouds").checked;
  if (!$("clouds").checked) return;
  const { clouds } = await ask("foresee", { steps, settings: state.settings, last: true });
  if (mine !== round) return;
  pad.cloud = placed(clouds[0], steps);
  chances($("chances"), clouds[0]);
  showPad();
}

function placed(cloud, steps) {
  const at = steps.reduce(([x, y], [dx, dy]) => [x + dx, y + dy], [net.data.width / 2, net.data.height / 2]);
  return { ...cloud, at };
}

const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
function chances(element, { lift, end }) {
  element.replaceChildren(...word("chances", percent(lift), percent(end)).map((text) => Object.assign(document.createElement("span"), { textContent: text })));
}

const showPad = () => pad.show([...strokes.map((s) => s.points), ...(current ? [[...current]] : [])]);

function bindPad() {
  const canvas = $("pad");
  const add = (event) => {
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) current.push(pad.place(each));
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!net || event.button || current) return;
    canvas.setPointerCapture(event.pointerId);
    current = [pad.place(event)];
    pad.cloud = null;
    showPad();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current) return;
    add(event);
    showPad();
  });
  const end = () => {
    if (!current) return;
    strokes.push({ points: onGrid(resample(current, net.data)) });
    current = null;
    finish();
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" || (event.key === "z" && (event.ctrlKey || event.metaKey))) undo(event);
    if (event.key === "Enter") finish();
  });
}

function undo(event) {
  event?.preventDefault();
  if (!net || !strokes.length) return;
  strokes.pop();
  finish();
}

// ---- one character

async function open(each) {
  if (!each.steps) return;
  shown = each;
  $("detail-title").textContent = each.button.getAttribute("aria-label");
  $("large").setAttribute("aria-label", each.button.getAttribute("aria-label"));
  $("near").hidden = true;
  if (!$("detail").open) $("detail").showModal();
  $("detail-title").focus();
  replay();
  if (!(await kanjiRead)) return;
  const { nearest } = await ask("nearest", { steps: each.steps });
  if (shown !== each || !nearest) return;
  $("near").hidden = false;
  $("near").querySelector("figcaption").textContent = word("near", nearest.name, nearest.distance.toFixed(2));
  $("near-picture").setAttribute("aria-label", nearest.name);
  new Ink($("near-picture"), net.data).show(nearest.strokes);
}

async function replay() {
  const each = shown, on = $("clouds").checked;
  $("detail-chances").hidden = !on;
  large.cloud = null;
  large.show([]);
  const clouds = on ? (await ask("foresee", { steps: each.steps, settings: state.settings })).clouds : [];
  if (shown !== each || !$("detail").open) return;
  large.write(each.strokes, {
    speed: on ? 0.6 : 1,
    watch(step, over) {
      if (!on) return;
      const at = Math.min(step, clouds.length - 1);
      large.cloud = over ? null : placed(clouds[at], each.steps.slice(0, at));
      chances($("detail-chances"), clouds[over ? each.steps.length - 1 : at]);
      if (over) large.paint(Infinity);
    },
  });
}

const fileName = () => `kanji-${shown.seed ?? state.seed}-${shown.number + 1}`;

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    $("detail").append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say(word("copied"));
}

// ---- seed, settings, link

function fromLink() {
  const values = new URLSearchParams(location.hash.slice(1)), settings = {};
  for (const name of NAMES) if (values.has(name) && Number.isFinite(+values.get(name))) settings[name] = Math.max(name === "width" ? 0 : 0.01, +values.get(name));
  const whole = (name) => (/^\d{1,9}$/.test(values.get(name) ?? "") ? +values.get(name) : null);
  let start = null;
  try {
    start = values.has("start") ? JSON.parse(atob(values.get("start"))) : null;
  } catch {
    start = null;
  }
  return { seed: whole("seed"), number: whole("n"), start, settings };
}

function link(each) {
  const values = new URLSearchParams({ seed: each?.seed ?? state.seed, ...state.settings });
  if (each) values.set("n", each.number);
  if (each?.start) values.set("start", btoa(JSON.stringify(strokes.slice(0, each.own).map((s) => s.points.map(([x, y]) => [Math.round(x * 50), Math.round(y * 50)])))));
  return `#${values}`;
}

/** Show the very character that a link names. */
function openLinked({ number, start, seed }) {
  if (number === null) return;
  const valid = Array.isArray(start) && start.every((s) => Array.isArray(s) && s.length && s.every((p) => p.length === 2 && p.every(Number.isFinite)));
  if (valid) strokes = start.map((s) => ({ points: s.map(([x, y]) => [x / 50, y / 50]) }));
  const steps = valid ? toSteps(strokes.map((s) => s.points), net.data) : [];
  const each = { number, ...cell(word("character", number + 1), () => {}), start: valid ? steps : undefined, own: valid ? strokes.length : 0, seed };
  round++;
  variants = { [number]: each };
  if (valid) showPad();
  each.ink.write = () => open(each);
  tell("write", { topic: `desk${round}`, seed, settings: state.settings, start: steps, numbers: [number] });
}

function showSettings() {
  for (const name of NAMES) {
    const input = $("settings").elements[name];
    input.value = state.settings[name];
    input.parentElement.querySelector("output").textContent = state.settings[name].toFixed(2);
  }
  $("seed").value = state.seed;
  history.replaceState(null, "", link());
}

function changed() {
  showSettings();
  if (!net) return;
  fill(true);
  finish();
}

function bind() {
  bindPad();
  $("again").onclick = () => net && finish();
  $("undo").onclick = undo;
  $("clear").onclick = () => net && ((strokes = []), finish());
  $("more").onclick = () => net && fill(false);
  $("clouds").onchange = () => net && (round++, (pad.cloud = null), showPad(), foresee(toSteps(strokes.map((s) => s.points), net.data)));
  $("fresh").onclick = () => ((state.seed = Math.floor(Math.random() * SEEDS)), changed());
  $("seed").onchange = () => ((state.seed = Math.min(SEEDS - 1, Math.max(0, Math.floor(+$("seed").value || 0)))), changed());
  $("settings").onsubmit = (event) => event.preventDefault();
  for (const name of NAMES) {
    const input = $("settings").elements[name];
    input.oninput = () => (input.parentElement.querySelector("output").textContent = (+input.value).toFixed(2));
    input.onchange = () => ((state.settings = { ...state.settings, [name]: +input.value }), changed());
  }
  $("language").onclick = () => talk(otherLanguage());
  $("replay").onclick = replay;
  $("close").onclick = () => $("detail").close();
  $("detail").onclose = () => (large?.stop(), shown?.button.focus(), (shown = null));
  $("svg").onclick = () => save(new Blob([svg(shown.strokes, net.data)], { type: "image/svg+xml" }), `${fileName()}.svg`);
  $("moving").onclick = () => save(new Blob([svg(shown.strokes, net.data, true)], { type: "image/svg+xml" }), `${fileName()}-animated.svg`);
  $("png").onclick = async () => save(await png(shown.strokes, net.data), `${fileName()}.png`);
  $("copy").onclick = () => copy(svg(shown.strokes, net.data));
  $("link").onclick = () => copy(location.href.split("#")[0] + link(shown));
  const take = async (file) => file && use(await file.text(), file.name);
  $("file").onchange = () => take($("file").files[0]).then(() => ($("file").value = ""));
  addEventListener("dragover", (event) => (event.preventDefault(), document.body.classList.add("dropping")));
  addEventListener("dragleave", () => document.body.classList.remove("dropping"));
  addEventListener("drop", (event) => (event.preventDefault(), document.body.classList.remove("dropping"), take(event.dataTransfer.files[0])));
  const repaint = () => [pad, large, ...sheet.map((e) => e.ink), ...Object.values(variants).map((e) => e.ink)].forEach((ink) => ink?.canvas.isConnected && ink.paint(ink.ended ? 0 : Infinity));
  addEventListener("resize", repaint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
}

function talk(name) {
  speak(name);
  $("language").textContent = word("language");
  $("language").lang = otherLanguage();
  describeNet();
  sheet.forEach((each) => each.button.setAttribute("aria-label", word("character", each.number + 1) + (each.strokes ? `, ${word("strokes", each.strokes.length)}` : "")));
}

async function text(id, address) {
  if ($(id)) return $(id).textContent;
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(address);
  return answer.text();
}

/** Whether there are real kanji to compare with; the page works without. */
async function readKanji() {
  if (!$("fk-kanji") && $("fk-net")) return false;
  return text("fk-kanji", "kanji.json").then((kanji) => ask("kanji", { text: kanji })).then(() => true, () => false);
}

async function main() {
  talk(navigator.language.startsWith("ja") ? "ja" : "en");
  worker = makeWorker();
  worker.onmessage = heard;
  bind();
  const linked = fromLink();
  state.seed = linked.seed ?? Math.floor(Math.random() * SEEDS);
  globalThis.fakeKanji = { ask, state: () => ({ ...state, strokes: strokes.map((s) => s.points), sheet, variants, resample }) };
  try {
    await use(await text("fk-net", "net.json"));
    openLinked({ ...linked, seed: state.seed });
  } catch {
    say(word("noNet"));
  }
}

main();
