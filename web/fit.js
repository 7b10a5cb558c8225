// The points of a stroke -> few cubics: pipeline/fit.py, step for step (P. J. Schneider, Graphics Gems, 1990, on the smooth
// curve through the points).
import { bernstein, length, minus, places, through, weighted } from "./curves.js";

const PLACES = 8; // looked at between two points
const ROUNDS = 6; // of finding the nearest parameters anew
const dot = (a, b) => a[0] * b[0] + a[1] * b[1];

/** Points [x, y] -> cubics within `tolerance` of the smooth curve through them, each join at one of them. */
export const fit = (points, tolerance) => through(points).flatMap((run) => fewer(run, tolerance));

/** Cubics without a corner between them -> fewer, the longest possible one after another. */
function fewer(run, tolerance) {
  const found = [];
  for (let at = 0; at < run.length; ) {
    const [stop, cubic] = longest(run, at, tolerance);
    found.push(cubic);
    at = stop;
  }
  return found;
}

/** Where the longest stretch ends that one cubic follows, and that cubic; one piece follows itself. */
function longest(run, at, tolerance) {
  for (let stop = run.length; stop > at + 1; stop--) {
    const cubic = schneider(run.slice(at, stop), tolerance);
    if (cubic) return [stop, cubic];
  }
  return [at + 1, run[at]];
}

/** Null where no cubic with these tangents is found within the tolerance. */
function schneider(stretch, tolerance) {
  const along = places(stretch, PLACES), last = stretch.at(-1);
  const leave = unit(minus(stretch[0][1], stretch[0][0])), enter = unit(minus(last[2], last[3]));
  const far = [0];
  for (let i = 1; i < along.length; i++) far.push(far[i - 1] + length(minus(along[i], along[i - 1])));
  let t = far.map((each) => each / far.at(-1));
  for (let round = 0; round < ROUNDS; round++) {
    const weights = t.map(bernstein), cubic = leastSquares(along, leave, enter, weights);
    if (!cubic) return null;
    const away = along.map((p, i) => minus(weighted(cubic, weights[i]), p)), worst = Math.max(...away.map(length));
    if (worst <= tolerance) return cubic;
    if (worst > 10 * tolerance) return null; // no better parameters make up for that
    t = nearer(cubic, t, away);
  }
  return null;
}

/** The cubic whose handles, along the tangents, come nearest to the places at parameters with these weights. */
function leastSquares(along, leave, enter, weights) {
  const [first, last] = [along[0], along.at(-1)];
  let aa = 0, ab = 0, bb = 0, ra = 0, rb = 0;
  along.forEach(([x, y], i) => {
    const [w0, w1, w2, w3] = weights[i], a = w0 + w1, b = w2 + w3;
    const left = [x - a * first[0] - b * last[0], y - a * first[1] - b * last[1]];
    aa += w1 * w1;
    ab += w1 * w2;
    bb += w2 * w2;
    ra += w1 * dot(leave, left);
    rb += w2 * dot(enter, left);
  });
  [aa, ab, bb] = [aa * dot(leave, leave), ab * dot(leave, enter), bb * dot(enter, enter)];
  const determinant = aa * bb - ab * ab;
  if (determinant <= 1e-12 * aa * bb) return null;
  const a = (ra * bb - rb * ab) / determinant, b = (rb * aa - ra * ab) / determinant;
  if (Math.min(a, b) < 0) return null; // a handle that points backwards makes a loop
  return [first, [0, 1].map((k) => first[k] + a * leave[k]), [0, 1].map((k) => last[k] + b * enter[k]), last];
}

/** The parameters after one step of Newton's method towards the nearest points of the cubic, in order. */
function nearer(cubic, t, away) {
  const first = [0, 1, 2].map((i) => minus(cubic[i + 1], cubic[i]).map((v) => 3 * v));
  const second = [0, 1].map((i) => minus(first[i + 1], first[i]).map((v) => 2 * v));
  let before = 0;
  return t.map((t, i) => {
    const u = 1 - t, at = (k) => u * u * first[0][k] + 2 * u * t * first[1][k] + t * t * first[2][k], speed = [at(0), at(1)];
    const bend = [u * second[0][0] + t * second[1][0], u * second[0][1] + t * second[1][1]];
    const slope = dot(speed, speed) + dot(away[i], bend), step = slope > 0 ? dot(away[i], speed) / slope : 0;
    return (before = Math.max(before, Math.min(1, Math.max(0, t - step))));
  });
}

const unit = (vector) => vector.map((v) => v / (length(vector) || 1));
