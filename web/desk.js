// The desk: what the user describes and the strokes drawn on the pad, where the net would go on, and six ways in which it
// does. Strokes drawn count to the first part described, until the user says that it is done.
import { cell, give, label } from "./cell.js";
import { ask, write } from "./client.js";
import { chances, placed } from "./clouds.js";
import { $ } from "./document.js";
import { Ink } from "./ink.js";
import { follow } from "./pointer.js";
import { mark } from "./reading.js";
import { SEEDS, state } from "./state.js";
import { onGrid, resample, toSteps } from "./strokes.js";

const VARIANTS = 6;
let pad = null, strokes = [], current = null, cloud = null; // current: the points of the stroke being drawn
let ends = []; // after how many strokes a part described is done, each
let variants = [], round = 0, foreseen = 0, halt = () => {}, open = null;

/** For tests and benchmarks: strokes of points, and the cells with what the net made of them. */
export const drawn = () => strokes;
export const ways = () => variants;
export const inks = () => [pad, ...variants.map((each) => each.ink)];

/** An empty pad in the box of the net. */
export function layOut() {
  pad = new Ink($("pad"), state.net.data);
  clear();
}

function clear() {
  [strokes, ends, current] = [[], [], null];
  goOn();
}

/** What was drawn, as the net is given it. The last part described is the net's to end. */
function begun() {
  ends = ends.filter((end) => end <= strokes.length).slice(0, state.told ? state.told.visits.length - 1 : 0);
  return toSteps(strokes, state.net.data, ends);
}

/** Six new characters that begin with the strokes drawn and are what is described. */
export function goOn() {
  halt();
  round++;
  variants.forEach((each) => each.ink.stop());
  const start = begun(), own = [...strokes], seed = (state.seed + round) % SEEDS;
  const { told } = state, numbers = own.length || told ? [...Array(VARIANTS).keys()] : [];
  variants = numbers.map((number) => Object.assign(cell(number, "variant", open), { drawn: own, ends, seed, told }));
  variants.forEach(label);
  $(told ? "describe" : "tools").after($("variants")); // what is described stands below its description
  $("variants").replaceChildren(...variants.map((each) => each.button));
  variants.forEach((each) => each.ink.show(own));
  foresee();
  const job = { seed, settings: state.settings, start, numbers, description: told?.description };
  if (numbers.length) halt = write(job, written);
}

function written(characters) {
  for (const { number, steps } of characters) {
    const each = variants[number];
    give(each, steps);
    each.ink.write(each.strokes, { own: each.drawn.length, speed: 1.3, watch: number ? undefined : marking(each) });
  }
}

/** The part that the first variant is at is marked in the reading. */
function marking({ told, steps }) {
  return (step, over) => told && told === state.told && mark($("reading"), told, over ? null : steps.slice(0, step));
}

/** The pad as it stands, and a cloud where the net would go on. */
async function foresee() {
  const mine = ++foreseen, on = $("clouds").checked, steps = begun();
  cloud = null;
  for (const id of ["undo", "clear"]) $(id).disabled = !strokes.length;
  $("partDone").hidden = !state.told;
  $("partDone").disabled = !mayEnd();
  $("again").disabled = !strokes.length && !state.told;
  show();
  $("chances").hidden = !on;
  if (!on) return;
  const { told, settings } = state;
  const { clouds } = await ask("foresee", { steps, settings, last: true, description: told?.description });
  if (mine !== foreseen) return;
  cloud = placed(clouds[0], steps);
  chances($("chances"), clouds[0], told);
  show();
}

/** Whether the part that the user draws can be told to be done. */
const mayEnd = () => state.told && strokes.length > (ends.at(-1) ?? 0) && ends.length < state.told.visits.length - 1;

function endPart() {
  ends = [...ends, strokes.length];
  goOn();
}

function show() {
  pad.cloud = current ? null : cloud;
  pad.show([...strokes, ...(current ? [[...current]] : [])]);
}

/** A stroke as the pointer draws it; one that Undo or Clear took away meanwhile is drawn no further. */
const HAND = {
  begin(event) {
    if (!pad) return;
    current = [pad.place(event)];
    show();
  },
  move(events) {
    if (!current) return;
    current.push(...events.map((event) => pad.place(event)));
    show();
  },
  end() {
    if (!current) return;
    strokes.push(onGrid(resample(current, state.net.data)));
    current = null;
    goOn();
  },
  drop() {
    current = null;
    if (pad) show();
  },
};

function undo(event) {
  event.preventDefault();
  if (current) return HAND.drop();
  if (!strokes.length) return;
  if (ends.at(-1) === strokes.length) ends = ends.slice(0, -1);
  else strokes.pop();
  goOn();
}

/** Show the very character that a link names: see link.js. */
export function openLinked({ number, start, ends: linked, seed }) {
  if (number === null) return;
  halt();
  $("variants").replaceChildren();
  [strokes, ends] = [[...(start ?? [])], linked];
  round++;
  const { settings, told } = state, steps = begun(); // which leaves out ends that cannot be
  const each = Object.assign(cell(number, "character", open), start && { drawn: start }, { ends, seed, told });
  label(each);
  variants = [each];
  foresee();
  const job = { seed, settings, start: steps, numbers: [number], description: told?.description };
  halt = write(job, ([written]) => {
    give(each, written.steps);
    open(each);
  });
}

export const relabel = () => variants.forEach(label);

/** opened(cell): what a click on a variant does. */
export function bindDesk(opened) {
  open = opened;
  follow($("pad"), HAND);
  $("pad").addEventListener("keydown", (event) => {
    if (event.key === "Backspace" || (event.key === "z" && (event.ctrlKey || event.metaKey))) undo(event);
    if (event.key === "Enter" && pad) goOn();
  });
  $("again").onclick = goOn;
  $("partDone").onclick = endPart;
  $("undo").onclick = undo;
  $("clear").onclick = clear;
  $("clouds").onchange = () => pad && foresee();
}
