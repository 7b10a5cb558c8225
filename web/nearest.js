// The nearest real kanji: pictures and distance of pipeline/score/novelty.py over the drawings of kanji.json.
import { bytes } from "./base64.js";
import { NetError } from "./net.js";

const SIZE = 16, BLUR = 0.06, MARGIN = 0.1, STRETCH = 1.3, SPACING = 0.5, DOT = 1;

export class Kanji {
  /** The text of kanji.json. Throws NetError. */
  constructor(text) {
    try {
      const content = JSON.parse(text);
      if (content.format !== "fake-kanji kanji") throw new Error("format");
      const counts = bytes(content.counts), points = bytes(content.points);
      this.names = content.names;
      this.drawings = [];
      let strokes = [];
      for (let i = 0, p = 0; i < counts.length; i++) {
        if (counts[i] === 0) {
          this.drawings.push(strokes);
          strokes = [];
          continue;
        }
        const stroke = [];
        for (let j = 0; j < counts[i]; j++, p += 2) stroke.push([points[p] * content.unit, points[p + 1] * content.unit]);
        strokes.push(stroke);
      }
    } catch (error) {
      throw new NetError("damaged", error.message);
    }
    this.pictures = null;
  }

  /** { name, distance, strokes } of the nearest to the strokes of a drawing. */
  nearest(strokes) {
    this.pictures ??= this.drawings.map(picture);
    const own = picture(strokes);
    let best = -2, at = 0;
    this.pictures.forEach((other, i) => {
      let sum = 0;
      for (let j = 0; j < own.length; j++) sum += own[j] * other[j];
      if (sum > best) [best, at] = [sum, i];
    });
    return { name: this.names[at], distance: Math.max(0, 1 - best), strokes: this.drawings[at] };
  }
}

function picture(strokes) {
  const area = SIZE * SIZE, ink = [0, 1, 2].map(() => new Float64Array(area));
  const place = fitted(strokes.flat());
  for (const stroke of strokes) {
    const points = stroke.map(place);
    if (points.length === 1) line(ink, points[0], points[0]);
    for (let i = 1; i < points.length; i++) line(ink, points[i - 1], points[i]);
  }
  for (let i = 0; i < area; i++) {
    const most = Math.max(ink[0][i], 1);
    for (const channel of ink) channel[i] /= most;
  }
  const out = new Float32Array(3 * area);
  ink.forEach((channel, i) => out.set(blurred(channel), i * area));
  let sum = 0;
  for (const value of out) sum += value * value;
  return out.map((value) => value / Math.sqrt(sum));
}

function fitted(points) {
  const low = [0, 1].map((i) => points.reduce((m, p) => Math.min(m, p[i]), Infinity));
  const high = [0, 1].map((i) => points.reduce((m, p) => Math.max(m, p[i]), -Infinity));
  const longer = Math.max(high[0] - low[0], high[1] - low[1]) || 1;
  const scale = [0, 1].map((i) => ((SIZE - 1) * (1 - 2 * MARGIN)) / Math.max(high[i] - low[i], longer / STRETCH));
  return (p) => [0, 1].map((i) => (p[i] - (low[i] + high[i]) / 2) * scale[i] + (SIZE - 1) / 2);
}

function line(ink, [ax, ay], [bx, by]) {
  const dx = bx - ax, dy = by - ay, length = Math.hypot(dx, dy), pieces = Math.max(1, Math.ceil(length / SPACING));
  const amount = (length || DOT) / pieces;
  const cos = length ? (dx * dx - dy * dy) / (length * length) : 0, sin = length ? (2 * dx * dy) / (length * length) : 0;
  for (let i = 0; i < pieces; i++) {
    const x = ax + (dx * (i + 0.5)) / pieces, y = ay + (dy * (i + 0.5)) / pieces;
    const left = Math.max(0, Math.min(SIZE - 2, Math.floor(x))), top = Math.max(0, Math.min(SIZE - 2, Math.floor(y)));
    for (const right of [0, 1])
      for (const down of [0, 1]) {
        const share = amount * Math.abs(1 - right - (x - left)) * Math.abs(1 - down - (y - top));
        const at = (top + down) * SIZE + left + right;
        ink[0][at] += share;
        ink[1][at] += share * cos;
        ink[2][at] += share * sin;
      }
  }
}

const KERNEL = Array.from({ length: SIZE }, (_, i) => Math.exp(-(i ** 2) / (2 * (BLUR * SIZE * (1 - 2 * MARGIN)) ** 2)));

function blurred(channel) {
  const across = new Float64Array(SIZE * SIZE), both = new Float64Array(SIZE * SIZE);
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++)
      for (let i = 0; i < SIZE; i++) across[y * SIZE + x] += channel[y * SIZE + i] * KERNEL[Math.abs(x - i)];
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++)
      for (let i = 0; i < SIZE; i++) both[y * SIZE + x] += across[i * SIZE + x] * KERNEL[Math.abs(y - i)];
  return both;
}
