// From the net's outputs to the next step: pipeline/net/mixture.py and pipeline/sample/sampler.py.
import { PEN_STATES } from "./features.js";
import { cosh, exp, log, tanh } from "./numbers.js";

const clamp = (x, limit) => Math.max(-limit, Math.min(limit, x));
const LIMIT = 8; // of log sigma and of r

function softmax(logits) {
  let top = -Infinity, sum = 0;
  for (const value of logits) top = Math.max(top, value);
  const shares = logits.map((value) => exp(value - top));
  for (const value of shares) sum += value;
  return shares.map((value) => value / sum);
}

/** Probabilities of on the paper, end of stroke, end of character, the training's weights divided out. */
export function pen(net, raw, temperature = 1) {
  const K = net.model.mixtures, divide = net.sample?.divide_pen_weights ?? true;
  const logits = Array.from({ length: PEN_STATES }, (_, i) => raw[6 * K + i] - (divide ? log(net.pen_weights[i]) : 0));
  return softmax(logits.map((value) => value / temperature));
}

/** Component k: weight is its share at that temperature; means and deviations in scaled units. */
export function components(net, raw, temperature = 1) {
  const K = net.model.mixtures;
  const weights = softmax(Array.from({ length: K }, (_, k) => raw[k] / temperature));
  return weights.map((weight, k) => component(raw, K, k, weight));
}

function component(raw, K, k, weight) {
  const [logX, logY, r] = [3, 4, 5].map((block) => clamp(raw[block * K + k], LIMIT));
  return { weight, x: raw[K + k], y: raw[2 * K + k], sx: exp(logX), sy: exp(logY), r };
}

function choose(shares, u) {
  let sum = 0;
  for (let i = 0; i < shares.length; i++) {
    sum += shares[i];
    if (u < sum) return i;
  }
  return shares.length - 1;
}

/** One step [dx, dy, pen]; settings: pen, mixture and width temperatures. */
export function draw(net, raw, settings, random) {
  const K = net.model.mixtures;
  const state = choose(pen(net, raw, settings.pen), random.uniform());
  const weights = softmax(Array.from({ length: K }, (_, k) => raw[k] / settings.mixture));
  const c = component(raw, K, choose(weights, random.uniform()), 1);
  const width = Math.sqrt(settings.width), [n, m] = random.normals();
  const v = n * width, u = tanh(c.r) * v + (m * width) / cosh(c.r);
  return [Math.fround(c.x + c.sx * u), Math.fround(c.y + c.sy * v), state];
}
