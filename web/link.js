// Links: the part of the address after #, which names a seed, the temperatures and one character with the strokes it
// goes on from.
import { state, TEMPERATURES } from "./state.js";

const GRID = 50; // to the unit, as in strokes.js: own strokes come back as they were

/** { seed, number, start, settings }; null or missing where the address does not say. start: strokes of points [x, y]. */
export function fromLink() {
  const values = new URLSearchParams(location.hash.slice(1)), settings = {};
  for (const name of TEMPERATURES)
    if (values.has(name) && Number.isFinite(+values.get(name))) settings[name] = Math.max(name === "width" ? 0 : 0.01, +values.get(name));
  const whole = (name) => (/^\d{1,9}$/.test(values.get(name) ?? "") ? +values.get(name) : null);
  return { seed: whole("seed"), number: whole("n"), start: values.has("start") ? started(values.get("start")) : null, settings };
}

function started(text) {
  try {
    const strokes = JSON.parse(atob(text));
    return valid(strokes) ? strokes.map((s) => s.map(([x, y]) => [x / GRID, y / GRID])) : null;
  } catch {
    return null;
  }
}

const valid = (strokes) =>
  Array.isArray(strokes) && strokes.every((s) => Array.isArray(s) && s.length && s.every((p) => p.length === 2 && p.every(Number.isFinite)));

/** To the page as it is, or to one of its characters. */
export function toLink(cell) {
  const values = new URLSearchParams({ seed: cell?.seed ?? state.seed, ...state.settings });
  if (cell) values.set("n", cell.number);
  if (cell?.drawn) values.set("start", btoa(JSON.stringify(cell.drawn.map((s) => s.map(([x, y]) => [Math.round(x * GRID), Math.round(y * GRID)])))));
  return `#${values}`;
}
