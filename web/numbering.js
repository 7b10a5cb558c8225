// Where the numbers of the strokes stand: pipeline/kanjivg/numbering.py, case for case.

export const SIZE = 8; // of the figures, in a box of 109
const ADVANCE = 0.52, RISE = 0.74, GAP = 0.6, FAR = 13, DIRECTIONS = 24, RINGS = 12, BEHIND = 1.5, COVERED = 100;

/** curves: points of each stroke, close together, in a box of `side`; pen: its width -> [x, y] of each number, the left
 * end of its baseline. */
export function beside(curves, side, pen) {
  const ink = curves.flat(), taken = [];
  curves.forEach((curve, i) => {
    const size = [String(i + 1).length * ADVANCE * SIZE, RISE * SIZE];
    let best = null, least = Infinity;
    for (const { x, y, cost } of around(curve, size)) {
      const box = [x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2];
      const covered = under(box, ink, pen / 2 + GAP) + 20 * taken.filter((other) => overlap(box, other)).length;
      const inside = size.every((length, k) => [x, y][k] >= length / 2 && [x, y][k] <= side - length / 2);
      const whole = cost + (covered ? COVERED : 0) + covered + (inside ? 0 : 10 * COVERED);
      if (whole < least) [best, least] = [box, whole];
    }
    taken.push(best);
  });
  return taken.map(([left, , , bottom]) => [left, bottom]);
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

const overlap = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
