// The sheet: page after page of new characters, each written as a hand writes once the net has it; of a net that can be
// told each may be described first.
import { caption, cell, give } from "./cell.js";
import { ask, write } from "./client.js";
import { $, say } from "./document.js";
import { font, privateUse } from "./font.js";
import { sheetMadeBy } from "./origin.js";
import { save } from "./picture.js";
import { planned, state } from "./state.js";
import { word } from "./words.js";

const HANDS = 3; // characters being written at once
const FIRST = 8; // as many as cost no more than one
const CAPTION = 48; // pixels of a description below a character, see style.css
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
  $("sheet").classList.toggle("planned", planned());
  [cells, waiting, hands, ends] = [[], [], 0, []];
  $("font").disabled = true;
  more();
}

async function more() {
  const mine = cells, from = cells.length, added = Array.from({ length: pageSize() }, (_, i) => cell(from + i, "character", open));
  cells.push(...added);
  $("sheet").append(...added.map((each) => each.button));
  // a few first, so that writing begins at once
  for (const some of [added.slice(0, FIRST), added.slice(FIRST)]) {
    const { seed, settings } = state, descriptions = planned() ? await describe(some) : null;
    if (mine !== cells) return;
    if (some.length) ends.push(write({ seed, settings, descriptions, numbers: some.map((each) => each.number) }, written));
  }
}

/** A new description for each, null where there are no more. */
async function describe(some) {
  const { dreams } = await ask("dream", { seed: state.seed, numbers: some.map((each) => each.number) });
  some.forEach((each, i) => dreams[i] && caption(each, dreams[i]));
  if (dreams.includes(null)) say(word("noDreams"));
  return dreams.map((dream) => dream && dream.description);
}

function pageSize() {
  const columns = getComputedStyle($("sheet")).gridTemplateColumns.split(" ").length;
  const side = $("sheet").clientWidth / columns, below = planned() ? CAPTION : 0;
  const rows = innerWidth > 700 ? Math.max(4, Math.round((innerHeight - 190) / (side + below))) : 6;
  return columns * rows;
}

function written(characters) {
  for (const { number, steps } of characters) {
    give(cells[number], steps);
    waiting.push(cells[number]);
  }
  waiting.sort((a, b) => a.number - b.number);
  $("font").disabled = false;
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

/** What is written so far; the first character of the sheet has the first code point for private use. */
async function saveFont() {
  const { net: { data }, seed } = state, written = cells.filter((each) => each.strokes);
  const glyphs = written.map(({ number, strokes }) => ({ code: privateUse(number), strokes }));
  const names = { family: `Fake Kanji ${seed}`, made: await sheetMadeBy(glyphs.length) };
  save(new Blob([font(glyphs, data, names)], { type: "font/ttf" }), `kanji-${seed}.ttf`);
  say(word("fontMade", glyphs.length));
}

/** opened(cell): what a click on a character does. */
export function bindSheet(opened) {
  open = opened;
  $("more").onclick = () => state.net && more();
  $("font").onclick = saveFont;
}
