// Descriptions as numbers, for the net: pipeline/describe/encoding.py, number for number.
import { OPERATORS } from "./description.js";

const SLOTS = 4; // later slots and pieces count as the last
export const DEPTH = 4;
export const PIECES = 3;
export const PLACES = 1 + OPERATORS.length * SLOTS;
export const FIRST_NAME = 2 + OPERATORS.length;
const UNNAMED = 0, UNKNOWN = 1;

/** visited: see visits.js; numbers: a name's number, a Map -> { names [L], paths [L][DEPTH], parts [V], pieces [V] }. */
export function encode(description, visited, numbers) {
  const names = [], paths = [], leaves = [];
  const token = (name) => (name ? (numbers.get(name) ?? UNKNOWN) : UNNAMED);
  const add = ({ name, operator, parts }, path) => {
    if (!operator) leaves.push(names.length);
    names.push(operator ? 2 + OPERATORS.indexOf(operator) : token(name));
    paths.push([...Array(DEPTH).fill(0), ...path].slice(-DEPTH));
    const first = 1 + OPERATORS.indexOf(operator) * SLOTS;
    parts.forEach((part, slot) => add(part, [...path, first + Math.min(slot, SLOTS - 1)]));
  };
  add(description, []);
  return {
    names, paths,
    parts: visited.map(({ leaf }) => leaves[leaf]),
    pieces: visited.map(({ piece }) => Math.min(piece, PIECES - 1)),
  };
}

/** Whether it tells nothing: one part without a name. */
export const isFree = ({ names }) => names.length === 1 && names[0] === UNNAMED;
