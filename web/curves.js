// The smooth curve through the points of a stroke, as cubics [p0, p1, p2, p3]: interpolate and corners of
// pipeline/fit.py; fit.js makes few cubics of it.

const CORNER = (70 * Math.PI) / 180; // where the chords turn by more, the curve has an edge
export const minus = ([ax, ay], [bx, by]) => [ax - bx, ay - by];
export const length = ([x, y]) => Math.hypot(x, y);

/** Points [x, y] -> runs of cubics without a corner inside, each cubic from where the last one ended; one point is a
 * cubic of no length. */
export function through(points) {
  const kept = points.filter((p, i) => i === 0 || p[0] !== points[i - 1][0] || p[1] !== points[i - 1][1]);
  if (kept.length === 1) return [[line(kept[0], kept[0])]];
  const bounds = [0, ...corners(kept), kept.length - 1];
  return bounds.slice(1).map((stop, i) => interpolate(kept.slice(bounds[i], stop + 1)));
}

function corners(points) {
  const angles = points.slice(1).map((p, i) => Math.atan2(p[1] - points[i][1], p[0] - points[i][0]));
  return angles.flatMap((angle, i) => (i && Math.abs(turn(angles[i - 1], angle)) > CORNER ? [i] : []));
}

/** From one direction to another, between -pi and pi. */
export const turn = (from, to) => Math.atan2(Math.sin(to - from), Math.cos(to - from));

/** Centripetal Catmull-Rom splines (C. Yuksel, S. Schaefer, J. Keyser, 2009). */
function interpolate(points) {
  if (points.length === 2) return [line(...points)];
  const padded = [mirrored(...points), ...points, mirrored(...points.slice(-3).reverse())];
  return points.slice(1).map((_, i) => {
    const [p0, p1, p2, p3] = padded.slice(i, i + 4);
    const [before, here, after] = [minus(p1, p0), minus(p2, p1), minus(p3, p2)].map((chord) => Math.sqrt(length(chord)));
    const handle = (near, other, beyond, d) =>
      [0, 1].map((k) => (d * d * other[k] - here * here * beyond[k] + (2 * d * d + 3 * d * here + here * here) * near[k]) / (3 * d * (d + here)));
    return [p1, handle(p1, p2, p0, before), handle(p2, p1, p3, after), p2];
  });
}

/** The point before `end` that makes the curve bend there as it does at `inner`. */
function mirrored(end, inner, third) {
  const chord = minus(inner, end), offset = [0, 1].map((k) => third[k] - (end[k] + inner[k]) / 2);
  const share = (2 * (offset[0] * chord[0] + offset[1] * chord[1])) / (chord[0] ** 2 + chord[1] ** 2);
  return [0, 1].map((k) => third[k] - share * chord[k]);
}

const line = (a, b) => [0, 1, 2, 3].map((i) => [0, 1].map((k) => (i === 3 ? b[k] : a[k] + ((b[k] - a[k]) * i) / 3)));
export const isLine = (cubic) => line(cubic[0], cubic[3]).every((p, i) => length(minus(p, cubic[i])) < 1e-9);

/** The weights of a cubic's points at t. */
export function bernstein(t) {
  const u = 1 - t;
  return [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
}

export const weighted = ([a, b, c, d], [wa, wb, wc, wd]) => [
  wa * a[0] + wb * b[0] + wc * c[0] + wd * d[0], wa * a[1] + wb * b[1] + wc * c[1] + wd * d[1],
];
export const place = (cubic, t) => weighted(cubic, bernstein(t));

/** Places on cubics at so many equal parameters of each, and the end. */
export function places(cubics, count) {
  const each = (cubic) => Array.from({ length: count }, (_, i) => place(cubic, i / count));
  return [...cubics.flatMap(each), cubics.at(-1)[3]];
}
