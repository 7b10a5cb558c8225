// Drawings: steps [dx, dy, pen] in the units of the box <-> strokes of points [x, y]; and how a user's own strokes
// become few points, as those of the training data have: pipeline/write/prefix.py and pipeline/parse/resampling.py.

const EPSILON = 0.01; // of the box's larger side
const GRID = 50; // to the unit; own points are rounded to this, so that a link brings the very same back

export function toStrokes(steps, data) {
  const strokes = [];
  let x = data.width / 2, y = data.height / 2, points = [];
  for (const [dx, dy, pen] of steps) {
    points.push([(x += dx), (y += dy)]);
    if (pen > 0) {
      strokes.push(points);
      points = [];
    }
  }
  return points.length ? [...strokes, points] : strokes;
}

/** The last step is an end of stroke: something to go on from. ends: after how many strokes a part ends, each. */
export function toSteps(strokes, data, ends = []) {
  const steps = [];
  let before = [data.width / 2, data.height / 2];
  strokes.forEach((stroke, nth) => {
    const pen = ends.includes(nth + 1) ? 2 : 1;
    stroke.forEach((point, i) => {
      steps.push([point[0] - before[0], point[1] - before[1], i === stroke.length - 1 ? pen : 0]);
      before = point;
    });
  });
  return steps;
}

/** A freehand stroke, points [x, y] in the box, by the rule of the net's data. However few the points of a quick hand,
 * under the rule bezier its shape decides. */
export function resample(points, data) {
  const rule = { rule: "bezier", chord_length: 10, max_chords: 3, spacing: 5, epsilon: 1, ...data.resampling };
  const kept = points.filter((p, i) => i === 0 || p[0] !== points[i - 1][0] || p[1] !== points[i - 1][1]);
  if (kept.length === 1) return kept;
  if (rule.rule === "rdp") return simplified(kept, rule.epsilon);
  if (rule.rule === "arclength") return spaced(kept, rule.spacing);
  if (rule.rule !== "bezier") throw new Error(`the page does not know the resampling ${rule.rule}`);
  return divided(simplified(kept, EPSILON * Math.max(data.width, data.height)), rule);
}

export const onGrid = (points) => points.map(([x, y]) => [Math.round(x * GRID) / GRID, Math.round(y * GRID) / GRID]);

function divided(points, { chord_length, max_chords }) {
  const out = [points[0]];
  for (let i = 1; i < points.length; i++) {
    const [ax, ay] = points[i - 1], [bx, by] = points[i];
    const chords = Math.min(max_chords, 1 + Math.floor(Math.hypot(bx - ax, by - ay) / chord_length));
    for (let j = 1; j <= chords; j++) out.push([ax + ((bx - ax) * j) / chords, ay + ((by - ay) * j) / chords]);
  }
  return out;
}

function spaced(points, spacing) {
  const along = [0];
  for (let i = 1; i < points.length; i++)
    along.push(along[i - 1] + Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]));
  const total = along.at(-1), count = Math.max(1, Math.ceil(total / spacing - 1e-6)), out = [];
  for (let j = 0, i = 1; j <= count; j++) {
    const at = (total * j) / count;
    while (i < points.length - 1 && along[i] < at) i++;
    const t = (at - along[i - 1]) / (along[i] - along[i - 1] || 1), [ax, ay] = points[i - 1], [bx, by] = points[i];
    out.push([ax + (bx - ax) * t, ay + (by - ay) * t]);
  }
  return out;
}

/** Ramer, Douglas, Peucker: the fewest points within epsilon, by distance to the chord. Of points equally far the last
 * is kept, and distances are rounded as in the library that pipeline/parse/resampling.py uses: symmetric strokes have
 * many ties. */
function simplified(points, epsilon) {
  if (points.length < 3) return points;
  const a = points[0], b = points.at(-1);
  let far = 0, at = 0;
  for (let i = 1; i < points.length - 1; i++) {
    const d = distance(points[i], a, b);
    if (d >= far) [far, at] = [d, i];
  }
  if (far <= epsilon) return [a, b];
  return [...simplified(points.slice(0, at + 1), epsilon).slice(0, -1), ...simplified(points.slice(at), epsilon)];
}

function distance([x, y], [ax, ay], [bx, by]) {
  const dx = bx - ax, dy = by - ay, square = dx * dx + dy * dy;
  const along = square ? ((x - ax) * dx + (y - ay) * dy) / square : 0;
  if (along <= 0) return Math.hypot(x - ax, y - ay);
  if (along >= 1) return Math.hypot(x - bx, y - by);
  return Math.abs(((ay - y) * dx - (ax - x) * dy) / square) * Math.hypot(dx, dy);
}
