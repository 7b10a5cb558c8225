// The order in which a writer visits the parts of a description: Habits of pipeline/describe/visits.py.
import { canonical, isStroke, leaves, OVER, text } from "./description.js";

/** habits: { ways: { key: [[slot, strokes], ...] }, strokes: { name: count } } -> [{ leaf, piece }, ...] */
export function visits(habits, description) {
  const pieces = new Map(), found = [];
  for (const [leaf] of written(habits, description, 0)) {
    if (found.at(-1)?.leaf === leaf) continue; // what follows in the same part is the same visit
    const piece = pieces.get(leaf) ?? 0;
    found.push({ leaf, piece });
    pieces.set(leaf, piece + 1);
  }
  return found;
}

/** [leaf, strokes] in the order of writing; `leaf` is the number of its first one. */
function written(habits, description, leaf) {
  if (!description.operator) return [[leaf, strokes(habits, description.name)]];
  const slots = description.parts.map((part) => {
    const pieces = written(habits, part, leaf);
    leaf += leaves(part).length;
    return pieces;
  });
  return way(habits, description).flatMap(([slot, count]) => taken(slots[slot], count));
}

function way({ ways }, description) {
  const key = keys(description).find((each) => Object.hasOwn(ways, each));
  return key === undefined ? description.parts.map((_, slot) => [slot, 0]) : ways[key];
}

/** The names a way may be known by, the nearer first. */
function keys({ operator, parts }) {
  const sign = operator + (operator === OVER ? parts.length : "");
  const names = parts.map((part) => canonical(part.name) || text(part));
  const near = [`${sign} ${names.join(" ")}`, `${sign} ${names[0]}`];
  return operator === OVER ? near : [...near, sign]; // parts over one another are in the order of writing
}

/** How many a part has, 1 where that is not known. */
export function strokes(habits, name) {
  const form = canonical(name);
  return !isStroke(name) && Object.hasOwn(habits.strokes, form) ? habits.strokes[form] : 1;
}

/** The first `count` strokes of a slot, or all that are left for 0, which are taken out of it. */
function taken(pieces, count) {
  if (!count) return pieces.splice(0);
  const out = [];
  while (count && pieces.length) {
    const [leaf, size] = pieces.shift();
    if (size > count) pieces.unshift([leaf, size - count]);
    else if (size === count && !pieces.length) pieces.push([leaf, 1]); // interrupted: something is left for the next visit
    out.push([leaf, Math.min(size, count)]);
    count -= Math.min(size, count);
  }
  return out;
}
