// The sheet: page after page of new characters, each written as a hand writes once the net has it.
import { cell, give } from "./cell.js";
import { write } from "./client.js";
import { $ } from "./document.js";
import { state } from "./state.js";

const HANDS = 3; // characters being written at once
const FIRST = 8; // as many as cost no more than one
let cells = [], waiting = [], hands = 0, ends = [], open = null;
let begun;

/** When the first stroke begins, which benchmarks/page.py measures. */
export const firstInk = new Promise((resolve) => (begun = resolve));
export const characters = () => cells;

/** An empty sheet, and its first page. */
export function renew() {
  ends.forEach((end) => end());
  cells.forEach((each) => each.ink.stop());
  $("sheet").replaceChildren();
  [cells, waiting, hands, ends] = [[], [], 0, []];
  more();
}

function more() {
  const from = cells.length, added = Array.from({ length: pageSize() }, (_, i) => cell(from + i, "character", open));
  cells.push(...added);
  $("sheet").append(...added.map((each) => each.button));
  const numbers = added.map((each) => each.number);
  // a few first, so that writing begins at once
  for (const some of [numbers.slice(0, FIRST), numbers.slice(FIRST)])
    if (some.length) ends.push(write({ seed: state.seed, settings: state.settings, numbers: some }, written));
}

function pageSize() {
  const columns = getComputedStyle($("sheet")).gridTemplateColumns.split(" ").length;
  const rows = innerWidth > 700 ? Math.max(4, Math.round((innerHeight - 190) / ($("sheet").clientWidth / columns))) : 6;
  return columns * rows;
}

function written(characters) {
  for (const { number, steps } of characters) {
    give(cells[number], steps);
    waiting.push(cells[number]);
  }
  waiting.sort((a, b) => a.number - b.number);
  nextHand();
}

function nextHand() {
  while (hands < HANDS && waiting.length) {
    const each = waiting.shift(), mine = cells;
    hands++;
    if (!performance.getEntriesByName("first ink").length) performance.mark("first ink"), begun();
    each.ink.write(each.strokes, { speed: 1.6 }).then(() => {
      if (mine !== cells) return;
      hands--;
      nextHand();
    });
  }
}

/** opened(cell): what a click on a character does. */
export function bindSheet(opened) {
  open = opened;
  $("more").onclick = () => state.net && more();
}
