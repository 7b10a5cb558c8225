// Exemplars of parts: Library of pipeline/describe/exemplars.py, number for number; its file: pipeline/export/library.py.
import { bytes } from "./base64.js";

const GRID = Math.fround(0.001); // of a scaled unit
const STRETCH = 2.5;
const LEFT = 0, TOP = 1;
const ARRAYS = { int16: Int16Array, int32: Int32Array, uint8: Uint8Array, float32: Float32Array };
const DIFFERENCES = ["points", "strokes", "drawings", "families", "drawing", "runs"]; // of a row from the one before

/** The text of a net.exemplars.json -> a Library. Rejected where it holds none. */
export async function readLibrary(text) {
  const { format, version, id, names, arrays, values } = JSON.parse(text);
  if (format !== "fake-kanji exemplars" || version !== 1) throw new Error("format");
  const inflated = new Blob([bytes(values)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const stream = new Uint8Array(await new Response(inflated).arrayBuffer());
  const found = {};
  let at = 0;
  for (const [name, kind, shape] of arrays) {
    const size = shape.reduce((product, n) => product * n, ARRAYS[kind].BYTES_PER_ELEMENT);
    found[name] = array(stream.subarray(at, at + size), ARRAYS[kind], shape[0], DIFFERENCES.includes(name));
    at += size;
  }
  if (at !== stream.length) throw new Error("values");
  return new Library(id, names, found);
}

/** Row by row what stands there column by column, of each column the lowest bytes of all rows first. */
function array(stream, Kind, rows, differences) {
  const size = Kind.BYTES_PER_ELEMENT, columns = rows && stream.length / size / rows, bits = new Int32Array(rows * columns);
  for (let c = 0, from = 0; c < columns; c++)
    for (let byte = 0; byte < size; byte++)
      for (let i = c; i < bits.length; i += columns) bits[i] |= stream[from++] << (8 * byte);
  const values = Kind === Float32Array ? new Kind(bits.buffer) : new Kind(bits); // which wraps round
  if (differences) for (let i = columns; i < values.length; i++) values[i] += values[i - columns];
  return values;
}

export class Library {
  /** arrays: as in Python, row after row; id: which it is. */
  constructor(id, names, arrays) {
    Object.assign(this, { id, names, ...arrays, families: null, ways: new Map() });
    this.numbers = new Map(names.map((name, i) => [name, i]));
    this.rows = names.map(() => []);
    this.name.forEach((number, row) => this.rows[number].push(row));
  }

  has(name) {
    return this.numbers.has(name);
  }

  /** The runs of strokes { points, lengths } of the part of this name that is best shown; [] of a name it has not. path:
   * as in encoding.js; rest: how many strokes all other parts have. points: x, y, x, y, ... */
  exemplar(name, path, rest) {
    const row = this.best(name, path, rest);
    if (row === undefined) return [];
    const depth = path.length, [scale, shift] = this.way([...this.paths.subarray(row * depth, (row + 1) * depth)], path);
    const moved = (value, i) => Math.fround(Math.fround(Math.fround(value * GRID) * scale[i % 2]) + shift[i % 2]);
    return this.strokesOf(row).map(({ points, lengths }) => ({ points: Float32Array.from(points, moved), lengths }));
  }

  /** Of the usual style, of these the one most alike in its place, of these with the nearest rest, of these the first. */
  best(name, path, rest) {
    const rows = this.rows[this.numbers.get(name)] ?? [], usual = rows.filter((row) => !this.styles[this.drawing[row]]);
    let best, most = -1, least = 0;
    for (const row of usual.length ? usual : rows) {
      const alike = this.alike(row, path), apart = Math.abs(this.rest[row] - rest);
      if (alike > most || (alike === most && apart < least)) [best, most, least] = [row, alike, apart];
    }
    return best;
  }

  /** How many operators and slots above it are the same, from the nearest. */
  alike(row, path) {
    let count = 0;
    while (count < path.length && this.paths[(row + 1) * path.length - 1 - count] === path.at(-1 - count)) count++;
    return count;
  }

  strokesOf(row) {
    const first = this.drawings[this.drawing[row]], runs = [];
    for (let run = this.runs[row]; run < this.runs[row + 1]; run++) {
      const at = this.strokes.subarray(first + this.spans[2 * run], first + this.spans[2 * run + 1] + 2);
      const lengths = Array.from(at.subarray(1), (stop, i) => stop - at[i]);
      runs.push({ points: this.points.subarray(2 * at[0], 2 * at.at(-1)), lengths });
    }
    return runs;
  }

  /** What points of one place are multiplied by, and what is then added, to stand in another. */
  way(source, target) {
    const key = `${source} ${target}`;
    if (this.ways.has(key)) return this.ways.get(key);
    const a = this.box(source), b = this.box(target);
    const scale = [LEFT, TOP].map((i) => clip((b[i + 2] - b[i]) / (a[i + 2] - a[i]), 1 / STRETCH, STRETCH));
    const shift = [LEFT, TOP].map((i) => (b[i] + b[i + 2]) / 2 - (scale[i] * (a[i] + a[i + 2])) / 2);
    const found = [scale.map(Math.fround), shift.map(Math.fround)];
    this.ways.set(key, found);
    return found;
  }

  /** The usual one of a place: left, top, right, bottom. */
  box(path) {
    let box = [...this.whole];
    for (const at of path.filter(Boolean)) {
      const size = [box[2] - box[0], box[3] - box[1]], outer = box;
      box = [0, 1, 2, 3].map((i) => outer[i % 2] + size[i % 2] * this.boxes[4 * at + i]);
    }
    return box;
  }
}

const clip = (value, least, most) => Math.min(most, Math.max(least, value));

/** visited: see visits.js; found: the runs of each leaf that is shown one, a Map -> { points, strokes, shown }: see
 * exemplar.js; null where none is shown. The last piece of a leaf is shown all runs that are left. */
export function ofVisits(visited, found) {
  const last = new Map(visited.map(({ leaf, piece }) => [leaf, piece])), runs = [], shown = [0];
  for (const { leaf, piece } of visited) {
    const all = found.get(leaf) ?? [], mine = all.slice(piece, piece === last.get(leaf) ? all.length : piece + 1);
    runs.push(...mine);
    shown.push(shown.at(-1) + mine.reduce((sum, { lengths }) => sum + lengths.length, 0));
  }
  if (!runs.length) return null;
  const strokes = [0];
  for (const { lengths } of runs) for (const length of lengths) strokes.push(strokes.at(-1) + length);
  const points = new Float32Array(2 * strokes.at(-1));
  let at = 0;
  for (const run of runs) points.set(run.points, at), (at += run.points.length);
  return { points, strokes, shown };
}
