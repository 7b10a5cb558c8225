// Where the numbers of the strokes stand: pipeline/kanjivg/numbering.py, case for case.

export const SIZES = [8, 7, 6, 5]; // of the figures, in a box of 109; smaller where one would not be clear
const ADVANCE = 0.52, RISE = 0.74, GAP = 0.6, FAR = 13, DIRECTIONS = 24, RINGS = 12, BEHIND = 1.5;
const APART = 0.4, COVERED = 100, OUTSIDE = 1000;

/** curves: points of each stroke, close together, in a box of `side`; pen: its width -> size of the figures and [x, y]
 * of each number, the left end of its baseline. */
export function beside(curves, side, pen) {
  for (const size of SIZES) {
    const { boxes, clear } = placed(curves, side, pen, size);
    if (clear || size === SIZES.at(-1)) return { size, places: boxes.map(([left, , , bottom]) => [left, bottom]) };
  }
}

/** The boxes of the numbers, and whether all are clear; first those choose that have least choice. */
function placed(curves, side, pen, height) {
  const ink = curves.flat(), boxes = [];
  const choices = curves.map((curve, i) => {
    const size = [String(i + 1).length * ADVANCE * height, RISE * height];
    return [...around(curve, size)].map(({ x, y, cost }) => {
      const box = [x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2];
      const inside = size.every((length, k) => [x, y][k] >= length / 2 && [x, y][k] <= side - length / 2);
      return { box, cost, covered: under(box, ink, pen / 2 + GAP) + (inside ? 0 : OUTSIDE) };
    });
  });
  const free = choices.map((places) => places.filter(({ covered }) => covered === 0).length);
  let clear = true;
  for (const i of [...curves.keys()].sort((one, other) => free[one] - free[other])) {
    let best = null, least = Infinity, under = 0;
    for (const place of choices[i]) {
      const covered = place.covered + 20 * boxes.filter((other) => overlap(place.box, other, APART * height)).length;
      const whole = place.cost + (covered > 0 ? COVERED : 0) + covered;
      if (whole < least) [best, least, under] = [place.box, whole, covered];
    }
    clear &&= under === 0;
    boxes[i] = best;
  }
  return { boxes, clear };
}

/** Places round a stroke's beginning; behind it is better than ahead. */
function* around(curve, size) {
  const [start, later] = [curve[0], curve[Math.min(curve.length - 1, 4)]];
  const [dx, dy] = [later[0] - start[0], later[1] - start[1]], length = Math.hypot(dx, dy) || 1, near = Math.min(...size) / 2;
  for (let ring = 0; ring < RINGS; ring++)
    for (let i = 0; i < DIRECTIONS; i++) {
      const reach = near + ((FAR - near) * ring) / (RINGS - 1), angle = (i * 2 * Math.PI) / DIRECTIONS;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      yield { x: start[0] + reach * cos, y: start[1] + reach * sin, cost: reach + (BEHIND * (cos * dx + sin * dy)) / length };
    }
}

const under = ([left, top, right, bottom], ink, margin) =>
  ink.filter(([x, y]) => x > left - margin && x < right + margin && y > top - margin && y < bottom + margin).length;

/** Whether boxes share a place, or stand less than `apart` beside one another. */
const overlap = (a, b, apart) => a[0] < b[2] + apart && a[2] > b[0] - apart && a[1] < b[3] && a[3] > b[1];
