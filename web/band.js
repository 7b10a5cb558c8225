// A stroke's ink of one width with round ends, as one closed contour of quadratic curves: the left side of its cubics,
// half a circle, the right side back, half a circle. Where a bend is narrower than the pen the inner side runs back and
// crosses itself; what is inked still has a winding number of one or more, so that a font, which fills what is not
// zero, has no hole there.
import { isLine, place, turn } from "./curves.js";

const ROUND = Math.PI / 4; // of a circle or a bend to one quadratic curve
const BEND = Math.PI / 12;
const LEAST = 1e-6; // radians that are no bend

/** Cubics [p0, p1, p2, p3] with y up, each from where the last one ended -> points [x, y, on], on: whether the point is
 * on the curve, else it is a control point. Clockwise, ink on the right of the contour's way. */
export function band(cubics, radius) {
  if (cubics.every(([a, , , b]) => a[0] === b[0] && a[1] === b[1])) return arc(cubics[0][0], 0, -2 * Math.PI, radius);
  const back = cubics.map((cubic) => [...cubic].reverse()).reverse();
  return [...side(cubics, radius), ...end(cubics.at(-1), radius), ...side(back, radius), ...end(back.at(-1), radius)];
}

/** From the first place on the left of the cubics to the last; at an edge round on its outer side. */
function side(cubics, radius) {
  return cubics.flatMap((cubic, i) => {
    const [leave] = angles(cubic), before = i ? angles(cubics[i - 1])[1] : leave, bend = turn(before, leave);
    const right = bend > Math.PI - LEAST ? -Math.PI : bend; // straight back is to the right on either side
    const joint = right < -LEAST ? arc(cubic[0], before + Math.PI / 2, right, radius) : [];
    return [...joint, ...beside(cubic, radius)];
  });
}

/** Along one cubic, by so many quadratic curves that each bends little. */
function beside(cubic, radius) {
  if (isLine(cubic)) return [0, 1].map((t) => [...left(cubic, t, radius), true]);
  const chords = cubic.slice(1).map((p, i) => Math.atan2(p[1] - cubic[i][1], p[0] - cubic[i][0]));
  const bend = Math.abs(turn(chords[0], chords[1])) + Math.abs(turn(chords[1], chords[2]));
  const count = Math.max(2, Math.ceil(bend / BEND)); // an S needs two
  const points = [[...left(cubic, 0, radius), true]];
  for (let i = 1; i <= count; i++) {
    const a = points.at(-1), middle = left(cubic, (i - 0.5) / count, radius), b = left(cubic, i / count, radius);
    points.push([...middle.map((v, k) => 2 * v - (a[k] + b[k]) / 2), false], [...b, true]); // through the place between
  }
  return points;
}

const left = (cubic, t, radius) => {
  const [x, y] = place(cubic, t), angle = direction(cubic, t);
  return [x - radius * Math.sin(angle), y + radius * Math.cos(angle)];
};

const angles = (cubic) => [direction(cubic, 0), direction(cubic, 1)];

/** Where a cubic goes at t; 0, to the right, if it has no length. */
function direction(cubic, t) {
  const weights = [[-3, 3, 0, 0], [6, -12, 6, 0], [-3, 9, -9, 3]]; // of its points in 1, t and t * t
  const along = [0, 1].map((k) => weights.reduce((sum, row, n) => sum + t ** n * row.reduce((s, w, i) => s + w * cubic[i][k], 0), 0));
  return Math.hypot(...along) > LEAST ? Math.atan2(along[1], along[0]) : Math.atan2(cubic[3][1] - cubic[0][1], cubic[3][0] - cubic[0][0]);
}

const end = (cubic, radius) => arc(cubic[3], angles(cubic)[1] + Math.PI / 2, -Math.PI, radius);

/** Round a place, from an angle on, without the point that it begins at. */
function arc([x, y], from, sweep, radius) {
  const count = Math.ceil(Math.abs(sweep) / ROUND - LEAST), half = sweep / count / 2, far = radius / Math.cos(half);
  const at = (n, r) => [x + r * Math.cos(from + n * half), y + r * Math.sin(from + n * half)];
  return Array.from({ length: count }, (_, i) => [[...at(2 * i + 1, far), false], [...at(2 * i + 2, radius), true]]).flat();
}
