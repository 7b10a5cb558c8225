// What the net is shown of the part that it writes: pipeline/net/exemplar.py, number for number. When that changes, this
// does.

export const SHOWN = 12;

/** Where an exemplar's pen would go next, into column b of `into`, B columns wide. exemplar: { points: x, y, x, y, ...,
 * strokes: where each begins, shown: the first of each visit }; memory: see features.js; visit: the one written. */
export function show({ points, strokes, shown }, memory, visit, into, b, B) {
  for (let i = b; i < into.length; i += B) into[i] = 0;
  const own = Math.min(Math.max(visit, 0), shown.length - 2), stop = shown[own + 1], stroke = shown[own] + memory.stroke;
  if (visit < 0 || stroke >= stop) return; // no such stroke
  const begin = strokes[stroke], end = strokes[stroke + 1] - 1, row = Math.min(begin + memory.point, end);
  const from = (at, x, y) => [points[2 * at] - x, points[2 * at + 1] - y], place = (at) => points.subarray(2 * at, 2 * at + 2);
  const values = [
    ...from(row, memory.x, memory.y), ...from(row, ...place(Math.max(row - 1, 0))), ...from(end, memory.x, memory.y),
    ...from(Math.min(row + 1, end), ...place(row)),
    +(row === end), +(stroke === stop - 1), +(memory.point > end - begin), 1,
  ];
  values.forEach((value, i) => (into[i * B + b] = value));
}
