// Links: the part of the address after #, which names a seed, the temperatures, how the sheet dreams, a description and
// one character with the strokes it goes on from.
import { DREAMS, state, TEMPERATURES } from "./state.js";

const LONGEST = 400; // characters of a description
const GRID = 50; // to the unit, as in strokes.js: own strokes come back as they were

/** { seed, number, start, ends, settings, description, dream }; null, "" or missing: the address does not say. start: strokes of
 * points [x, y]; ends: after how many of them a part ends, each. */
export function fromLink() {
  const values = new URLSearchParams(location.hash.slice(1)), settings = {};
  for (const name of TEMPERATURES) {
    const value = values.has(name) ? +values.get(name) : NaN;
    if (Number.isFinite(value)) settings[name] = Math.max(name === "width" ? 0 : 0.01, value);
  }
  const whole = (name) => (/^\d{1,9}$/.test(values.get(name) ?? "") ? +values.get(name) : null);
  const description = (values.get("d") ?? "").slice(0, LONGEST);
  const ends = (values.get("ends") ?? "").split(".").filter((text) => /^\d{1,3}$/.test(text)).map(Number);
  const dream = DREAMS.find((kind) => kind === values.get("dream")) ?? null;
  return { seed: whole("seed"), number: whole("n"), start: begun(values.get("start")), ends, settings, description, dream };
}

function begun(text) {
  if (text === null) return null;
  try {
    const strokes = JSON.parse(atob(text));
    return valid(strokes) ? strokes.map((s) => s.map(([x, y]) => [x / GRID, y / GRID])) : null;
  } catch {
    return null;
  }
}

const isPoint = (p) => Array.isArray(p) && p.length === 2 && p.every(Number.isFinite);
const isStroke = (s) => Array.isArray(s) && s.length > 0 && s.every(isPoint);
const valid = (strokes) => Array.isArray(strokes) && strokes.every(isStroke);

/** To the page as it is, or to one of its characters. */
export function toLink(cell) {
  const values = new URLSearchParams({ seed: cell?.seed ?? state.seed, ...state.settings });
  const whole = (strokes) => strokes.map((s) => s.map(([x, y]) => [Math.round(x * GRID), Math.round(y * GRID)]));
  if (state.net?.parts?.dreams) values.set("dream", state.dream);
  if (cell) values.set("n", cell.number);
  if (cell?.ends?.length) values.set("ends", cell.ends.join("."));
  const told = cell ? cell.told : state.told;
  if (told) values.set("d", told.description);
  if (cell?.drawn?.length) values.set("start", btoa(JSON.stringify(whole(cell.drawn))));
  return `#${values}`;
}
