// Ink on a canvas: a brush that presses where a stroke begins, thins where it moves fast and is drawn off at the end.

const SPEED = 130, LIFT = 0.14; // units of a 109 box a second; seconds between strokes
const STEP = 0.5; // units between prints of the brush
const FLAT = 0.66, TURNED = 0.72; // the print: an ellipse's axes to one another; radians from the horizontal
const PRINTS = new WeakMap(); // of strokes that were drawn before

/** Smooth places [x, y, pressure] along a stroke of points, at even distances. */
export function brush(points, side) {
  const unit = side / 109, out = [];
  if (points.length === 1) return [[...points[0], 1.1]];
  const at = (i) => points[Math.max(0, Math.min(points.length - 1, i))];
  for (let i = 0; i < points.length - 1; i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const length = Math.hypot(p2[0] - p1[0], p2[1] - p1[1]), count = Math.max(1, Math.ceil(length / (STEP * unit)));
    const soft = (a, b, c) => corner(a, b, c) ? 0 : 1;
    const s1 = soft(p0, p1, p2), s2 = soft(p1, p2, p3);
    for (let j = 0; j < count; j++) {
      const t = j / count, h = [2 * t ** 3 - 3 * t ** 2 + 1, t ** 3 - 2 * t ** 2 + t, -2 * t ** 3 + 3 * t ** 2, t ** 3 - t ** 2];
      const place = [0, 1].map((k) => {
        const m1 = s1 ? (p2[k] - p0[k]) / 2 : p2[k] - p1[k], m2 = s2 ? (p3[k] - p1[k]) / 2 : p2[k] - p1[k];
        const most = 1.2 * length, cut = (m) => Math.max(-most, Math.min(most, m));
        return h[0] * p1[k] + h[1] * cut(m1) + h[2] * p2[k] + h[3] * cut(m2);
      });
      out.push(place);
    }
  }
  out.push([...points.at(-1)]);
  const n = out.length;
  return out.map(([x, y], i) => {
    const from = i * STEP, left = (n - 1 - i) * STEP;
    const settles = 0.84 + 0.24 * Math.min(1, from / 2) - 0.13 * Math.min(1, Math.max(0, from - 2) / 7);
    const off = 0.3 + 0.7 * Math.min(1, (left + 0.4) / 7);
    return [x, y, settles * (n < 12 ? 0.6 + 0.4 * off : off)];
  });
}

function corner(a, b, c) {
  const ux = b[0] - a[0], uy = b[1] - a[1], vx = c[0] - b[0], vy = c[1] - b[1];
  const n = Math.hypot(ux, uy) * Math.hypot(vx, vy);
  return n > 0 && (ux * vx + uy * vy) / n < 0.35;
}

/** A canvas that shows strokes in a box; colours come from the page's style. */
export class Ink {
  constructor(canvas, data) {
    Object.assign(this, { canvas, data, strokes: [], own: 0, frame: 0, cloud: null });
  }

  get colours() {
    const style = getComputedStyle(document.documentElement);
    return { ink: style.getPropertyValue("--ink").trim(), seal: style.getPropertyValue("--seal").trim() };
  }

  fit() {
    const { canvas, data } = this, ratio = Math.min(3, window.devicePixelRatio || 1);
    const w = Math.max(1, Math.round(canvas.clientWidth * ratio)), h = Math.max(1, Math.round(canvas.clientHeight * ratio));
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    const context = canvas.getContext("2d"), scale = Math.min(w / data.width, h / data.height) * 0.9;
    context.setTransform(scale, 0, 0, scale, (w - scale * data.width) / 2, (h - scale * data.height) / 2);
    return context;
  }

  /** A pointer event's place -> [x, y] in the box. */
  place(event) {
    const box = this.canvas.getBoundingClientRect(), { width, height } = this.data;
    const scale = Math.min(box.width / width, box.height / height) * 0.9;
    return [(event.clientX - box.left - box.width / 2) / scale + width / 2, (event.clientY - box.top - box.height / 2) / scale + height / 2];
  }

  wipe(context) {
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.restore();
  }

  /** All strokes at once. own: how many of the first are the user's. */
  show(strokes, own = 0) {
    this.stop();
    Object.assign(this, { strokes, own });
    this.paint(Infinity);
  }

  paint(seconds) {
    const context = this.fit(), side = Math.max(this.data.width, this.data.height);
    this.wipe(context);
    if (this.cloud) this.clouds(context, this.cloud);
    context.fillStyle = this.colours.ink;
    let clock = 0, point = 0, now = null;
    this.strokes.forEach((stroke, i) => {
      const prints = this.prints(stroke, side), unit = side / 109, duration = (prints.length * STEP) / SPEED;
      const shown = i < this.own ? prints.length : Math.ceil(prints.length * Math.min(1, Math.max(0, (seconds - clock) / duration)));
      this.print(context, prints.slice(0, shown), unit);
      if (shown > 0 && shown < prints.length) now = point + Math.floor((stroke.length * shown) / prints.length);
      else if (shown > 0) now = point + stroke.length;
      if (i >= this.own) clock += duration + LIFT;
      point += stroke.length;
    });
    return { over: seconds >= clock, step: now ?? 0 };
  }

  prints(stroke, side) {
    if (!PRINTS.has(stroke)) PRINTS.set(stroke, brush(stroke, side));
    return PRINTS.get(stroke);
  }

  /** The outline of all prints as one shape, and whole prints at the ends and where the brush turns. */
  print(context, prints, unit) {
    if (!prints.length) return;
    const width = 2.5 * unit, edge = prints.map((_, i) => across(prints, i, width));
    context.beginPath();
    prints.forEach(([x, y], i) => context.lineTo(x + edge[i][0], y + edge[i][1]));
    for (let i = prints.length - 1; i >= 0; i--) context.lineTo(prints[i][0] - edge[i][0], prints[i][1] - edge[i][1]);
    context.fill();
    context.beginPath();
    prints.forEach(([x, y, pressure], i) => {
      if (i > 0 && i < prints.length - 1 && !turns(prints, i)) return;
      const r = width * pressure;
      context.moveTo(x + r * Math.cos(TURNED), y + r * Math.sin(TURNED));
      context.ellipse(x, y, r, r * FLAT, TURNED, 0, 2 * Math.PI);
    });
    context.fill();
  }

  /** Written stroke by stroke; `watch(step)` is told the number of points on the paper. Resolves when it is done. */
  write(strokes, { own = 0, speed = 1, watch = () => {} } = {}) {
    this.stop();
    Object.assign(this, { strokes, own });
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.paint(Infinity), Promise.resolve();
    const begin = performance.now();
    return new Promise((resolve) => {
      this.ended = resolve;
      const tick = (time) => {
        const { over, step } = this.paint(((time - begin) / 1000) * speed);
        watch(step, over);
        if (!over) this.frame = requestAnimationFrame(tick);
        else resolve();
      };
      this.frame = requestAnimationFrame(tick);
    });
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.ended?.();
    this.ended = null;
  }

  clouds(context, { at, ellipses }) {
    context.save();
    context.fillStyle = this.colours.seal;
    for (const c of ellipses) {
      const rho = Math.tanh(c.r), a = c.sx ** 2, d = c.sy ** 2, b = rho * c.sx * c.sy;
      const middle = (a + d) / 2, spread = Math.hypot((a - d) / 2, b), angle = Math.atan2(2 * b, a - d) / 2;
      const [long, short] = [middle + spread, Math.max(0, middle - spread)].map((v) => Math.max(0.5, Math.sqrt(v)));
      for (const [size, share] of [[2, 0.28], [1.2, 0.45]]) {
        context.globalAlpha = Math.min(0.75, share * Math.sqrt(c.weight));
        context.beginPath();
        context.ellipse(at[0] + c.x, at[1] + c.y, size * long, size * short, angle, 0, 2 * Math.PI);
        context.fill();
      }
    }
    context.restore();
  }
}

/** From print i to the outline, square to the brush's way: as far as the ellipse reaches. */
function across(prints, i, width) {
  const a = prints[Math.max(0, i - 1)], b = prints[Math.min(prints.length - 1, i + 1)];
  const d = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1, ux = -(b[1] - a[1]) / d, uy = (b[0] - a[0]) / d;
  const cos = Math.cos(TURNED), sin = Math.sin(TURNED);
  const reach = width * prints[i][2] * Math.hypot(ux * cos + uy * sin, FLAT * (uy * cos - ux * sin));
  return [ux * reach, uy * reach];
}

function turns(prints, i) {
  const [[ax, ay], [bx, by], [cx, cy]] = prints.slice(i - 1, i + 2);
  return Math.abs(Math.atan2((bx - ax) * (cy - by) - (by - ay) * (cx - bx), (bx - ax) * (cx - bx) + (by - ay) * (cy - by))) > 0.12;
}
