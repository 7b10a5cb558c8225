// A character's place on the page, a button with ink: { number, kind, button, ink }; once it is written also steps and
// strokes; told: see state.js, where it was described.
import { Ink } from "./ink.js";
import { state } from "./state.js";
import { toStrokes } from "./strokes.js";
import { word } from "./words.js";

/** kind: the word for it, "character" or "variant". A click hands the cell to `open`. */
export function cell(number, kind, open) {
  const button = document.createElement("button"), canvas = document.createElement("canvas");
  const made = { number, kind, button, ink: new Ink(canvas, state.net.data) };
  Object.assign(button, { type: "button", className: "cell", disabled: true, onclick: () => open(made) });
  button.append(canvas);
  label(made);
  return made;
}

export function give(cell, steps) {
  Object.assign(cell, { steps, strokes: toStrokes(steps, state.net.data) });
  cell.button.disabled = false;
  label(cell);
}

/** What it is told, below it, and how that reads. */
export function caption(cell, told) {
  cell.told = told;
  const lines = [["described", told.description, ""], ["english", told.english, "en"]];
  const made = lines.map(([className, textContent, lang]) => Object.assign(document.createElement("span"), { className, textContent, lang }));
  cell.button.append(...made);
  cell.button.title = `${told.description} ${told.english}`; // which may be too long for its place
  label(cell);
}

/** In the page's language: "Character 3, 7 strokes". */
export function label(cell) {
  const name = word(cell.kind, cell.number + 1) + (cell.told ? `, ${cell.told.description}` : "");
  cell.button.setAttribute("aria-label", cell.strokes ? `${name}, ${word("strokes", cell.strokes.length)}` : name);
}
