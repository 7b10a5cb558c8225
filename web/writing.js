// Characters from the net: many at once, the place of a finished one taken by the next. Character `number` of a seed is
// always the same, whatever is written beside it: it has random numbers of its own.
import { wide } from "./describer.js";
import { draw } from "./mixture.js";
import { Batch } from "./net.js";
import { Random } from "./numbers.js";
import { toStrokes } from "./strokes.js";

const MOST_ATTEMPTS = 12;
const WIDEST = 32; // drawings side by side: more do not make a step cheaper

export class Writing {
  /** job: { seed, settings: {pen, mixture, width}, start: steps or [], numbers: [...], tell } tell(number): see net.js, or
   * null; what is told has a pen whose third state ends each part, and ends with the last. */
  constructor(net, job, widest = WIDEST) {
    Object.assign(this, { net, job });
    const s = net.data.scale;
    this.start = (job.start ?? []).map(([dx, dy, pen]) => [Math.fround(dx / s), Math.fround(dy / s), pen]);
    this.queue = job.numbers.map((number) => ({ number, attempt: 0 }));
    const B = wide(Math.min(widest, this.queue.length));
    this.batch = new Batch(net, B);
    this.columns = Array.from({ length: B }, (_, b) => this.next(b));
  }

  get done() {
    return this.columns.every((column) => !column);
  }

  next(b) {
    const task = this.queue.shift();
    if (!task) return null;
    const telling = task.telling ?? this.job.tell?.(task.number) ?? null;
    this.batch.clear(b, telling);
    this.batch.give(b, 0, 0, 2);
    const random = new Random(this.job.seed, task.number, task.attempt);
    return { ...task, telling, random, steps: [] };
  }

  /** One step of all; the characters that it finished, { number, steps }, in the units of the box. */
  advance() {
    const { batch, net, start, job } = this, finished = [];
    batch.advance();
    this.columns.forEach((column, b) => {
      if (!column) return;
      const { number, telling, steps, random } = column;
      const step = start[steps.length] ?? draw(net, batch.column(b), job.settings, random);
      steps.push(step);
      const ended = step[2] === 2 && (!telling || batch.visit[b] + 1 >= telling.visits);
      if (!ended && steps.length < (net.sample?.max_steps ?? 250) + start.length) return batch.give(b, ...step);
      const drawn = this.unscaled(steps);
      const last = column.attempt + 1 >= MOST_ATTEMPTS;
      if (last || (ended && fits(drawn, net, telling))) finished.push({ number, steps: drawn });
      else this.queue.unshift({ number, telling, attempt: column.attempt + 1 });
      this.columns[b] = this.next(b);
    });
    if (finished.length && !this.queue.length) this.narrow();
    return finished;
  }

  /** At the end columns that write nothing are dropped. */
  narrow() {
    const busy = this.columns.flatMap((column, b) => (column ? [b] : [])), B = wide(busy.length);
    if (!busy.length || B >= this.batch.B) return;
    this.batch = this.batch.narrowed(busy, B);
    this.columns = Array.from({ length: B }, (_, b) => this.columns[busy[b]] ?? null);
  }

  unscaled(steps) {
    const s = this.net.data.scale, own = this.job.start ?? [];
    return steps.map(([dx, dy, pen], i) => own[i] ?? [Math.fround(dx * s), Math.fround(dy * s), pen]);
  }
}

/** The filters of pipeline/sample/filters.py, but for copies. What is told may be as small, and of as many strokes, as
 * its description wants. */
export function fits(steps, { data, sample = {} }, told = false) {
  const unit = Math.max(data.width, data.height) / 109;
  const { margin = 2 * unit, min_size = 30 * unit, min_strokes = 2, max_strokes = 30 } = sample;
  const strokes = toStrokes(steps, data), points = strokes.flat();
  const xs = points.map((p) => p[0]), ys = points.map((p) => p[1]);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return (
    left >= -margin && top >= -margin && right <= data.width + margin && bottom <= data.height + margin &&
    (told || (Math.max(right - left, bottom - top) >= min_size && strokes.length >= min_strokes && strokes.length <= max_strokes))
  );
}

/** The outputs before each step of a drawing, and after its last: what the net foresaw. steps in the units of the
 * box; telling: see net.js. */
export function outputs(net, steps, telling = null) {
  const batch = new Batch(net, 8), s = net.data.scale;
  batch.clear(0, telling);
  batch.give(0, 0, 0, 2);
  batch.advance();
  const found = [batch.column(0)];
  for (const [dx, dy, pen] of steps) {
    batch.give(0, Math.fround(dx / s), Math.fround(dy / s), pen);
    batch.advance();
    found.push(batch.column(0));
  }
  return found;
}
