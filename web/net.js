// The net of net.json (its format: pipeline/compact.py) and one step of it for many drawings at once.
// Shapes: B drawings side by side, a multiple of 4; a vector of H units for each is an array [H][B].
import { begin, featureCount, features, PEN_STATES } from "./features.js";
import { sigmoid, tanh } from "./numbers.js";

const GATES = { lstm: 4, gru: 3, rnn: 1 };
const BLOCKS = 6;

/** Something is wrong with a file; `code` is a key of words.js. */
export class NetError extends Error {
  constructor(code, detail) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}

export function bytes(text) {
  const binary = atob(text);
  const array = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) array[i] = binary.charCodeAt(i);
  return array;
}

const floats = (text) => {
  const raw = bytes(text), view = new DataView(raw.buffer);
  return Float64Array.from({ length: raw.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
};

/** The text of a net.json -> { model, data, pen_weights, sample, scores, layers, head }. Throws NetError. */
export function read(text) {
  let content;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new NetError("damaged", error.message);
  }
  if (content?.format !== "fake-kanji net") throw new NetError("other", "");
  if (content.version !== 1) throw new NetError("version", String(content.version));
  try {
    return assemble(content);
  } catch (error) {
    throw error instanceof NetError ? error : new NetError("damaged", error.message);
  }
}

function assemble(content) {
  const { model, data, pen_weights, tensors } = content;
  const gates = GATES[model.cell], H = model.hidden_size;
  if (!gates || !(H > 0) || !(data.scale > 0) || !(data.width > 0) || !(data.height > 0) || pen_weights.length !== 3)
    throw new NetError("damaged", "configuration");
  const matrix = (name, rows, columns) => {
    const part = tensors[name];
    const numbers = new Int8Array(bytes(part.values).buffer), scale = floats(part.scale);
    if (numbers.length !== rows * columns || scale.length !== rows) throw new NetError("damaged", name);
    const values = new Float32Array(rows * columns);
    for (let r = 0, i = 0; r < rows; r++) for (let c = 0; c < columns; c++, i++) values[i] = numbers[i] * scale[r];
    if (!scale.every(Number.isFinite)) throw new NetError("damaged", name);
    return { values, rows, columns };
  };
  const vector = (name, length) => {
    const values = floats(tensors[name].values);
    if (values.length !== length || !values.every(Number.isFinite)) throw new NetError("damaged", name);
    return values;
  };
  const layers = Array.from({ length: model.layers }, (_, i) => ({
    input: matrix(`layers.${i}.weight_ih_l0`, gates * H, i ? H : featureCount(model)),
    state: matrix(`layers.${i}.weight_hh_l0`, gates * H, H),
    inputBias: vector(`layers.${i}.bias_ih_l0`, gates * H),
    stateBias: vector(`layers.${i}.bias_hh_l0`, gates * H),
  }));
  const outputs = BLOCKS * model.mixtures + PEN_STATES;
  const head = { ...matrix("head.weight", outputs, H), bias: vector("head.bias", outputs) };
  return { ...content, tensors: null, layers, head, outputs };
}

/** out [rows][B] (+)= matrix x input [columns][B]; four rows and four drawings at a time, summed in order of columns. */
export function multiply(matrix, input, B, out, add) {
  const { values, rows, columns } = matrix;
  const panel = new Float64Array(4 * columns);
  for (let r = 0; r < rows; r += 4) {
    const some = Math.min(4, rows - r);
    for (let i = 0; i < 4; i++)
      for (let c = 0, p = i, w = (r + i) * columns; c < columns; c++, p += 4) panel[p] = i < some ? values[w + c] : 0;
    for (let b = 0; b < B; b += 4) product(panel, input, b, B, columns, out, r, some, add);
  }
}

function product(panel, x, b, B, columns, out, r, some, add) {
  let a00 = 0, a01 = 0, a02 = 0, a03 = 0, a10 = 0, a11 = 0, a12 = 0, a13 = 0;
  let a20 = 0, a21 = 0, a22 = 0, a23 = 0, a30 = 0, a31 = 0, a32 = 0, a33 = 0;
  for (let p = 0, q = b, end = 4 * columns; p < end; p += 4, q += B) {
    const x0 = x[q], x1 = x[q + 1], x2 = x[q + 2], x3 = x[q + 3];
    const w0 = panel[p], w1 = panel[p + 1], w2 = panel[p + 2], w3 = panel[p + 3];
    a00 += w0 * x0; a01 += w0 * x1; a02 += w0 * x2; a03 += w0 * x3;
    a10 += w1 * x0; a11 += w1 * x1; a12 += w1 * x2; a13 += w1 * x3;
    a20 += w2 * x0; a21 += w2 * x1; a22 += w2 * x2; a23 += w2 * x3;
    a30 += w3 * x0; a31 += w3 * x1; a32 += w3 * x2; a33 += w3 * x3;
  }
  put(out, r * B + b, add, a00, a01, a02, a03);
  if (some > 1) put(out, (r + 1) * B + b, add, a10, a11, a12, a13);
  if (some > 2) put(out, (r + 2) * B + b, add, a20, a21, a22, a23);
  if (some > 3) put(out, (r + 3) * B + b, add, a30, a31, a32, a33);
}

function put(out, o, add, a, b, c, d) {
  if (add) {
    out[o] += a; out[o + 1] += b; out[o + 2] += c; out[o + 3] += d;
  } else {
    out[o] = a; out[o + 1] = b; out[o + 2] = c; out[o + 3] = d;
  }
}

/** The state of B drawings; `advance` reads one step of each, after which `outputs` [6 K + 3][B] is the next one's. */
export class Batch {
  constructor(net, B) {
    const H = net.model.hidden_size, gates = GATES[net.model.cell];
    Object.assign(this, { net, B });
    this.hidden = net.layers.map(() => new Float64Array(H * B));
    this.cells = net.layers.map(() => new Float64Array(H * B));
    this.input = new Float64Array(featureCount(net.model) * B);
    this.gates = new Float64Array(gates * H * B);
    this.fromState = new Float64Array(gates * H * B);
    this.outputs = new Float64Array(net.outputs * B);
    this.memory = Array.from({ length: B }, begin);
  }

  /** Column b stands before a drawing; the next step given to it must be (0, 0, 2), the end of another. */
  clear(b) {
    for (const array of [...this.hidden, ...this.cells]) for (let i = b; i < array.length; i += this.B) array[i] = 0;
    this.memory[b] = begin();
  }

  /** Column b's next previous step. */
  give(b, dx, dy, pen) {
    features(this.net.model, this.memory[b], dx, dy, pen, this.input, b, this.B);
  }

  advance() {
    const { net, B, gates } = this, cell = net.model.cell;
    let input = this.input;
    net.layers.forEach((layer, i) => {
      const joint = cell !== "gru"; // a GRU's reset gate acts on the state's share alone
      const other = joint ? gates : this.fromState;
      multiply(layer.input, input, B, gates, false);
      multiply(layer.state, this.hidden[i], B, other, joint);
      addBias(gates, layer.inputBias, B);
      addBias(other, layer.stateBias, B);
      CELLS[cell](gates, other, this.hidden[i], this.cells[i]);
      input = this.hidden[i];
    });
    multiply(net.head, input, B, this.outputs, false);
    addBias(this.outputs, net.head.bias, B);
  }

  /** The outputs of column b, [6 K + 3]. */
  column(b) {
    return Float64Array.from({ length: this.net.outputs }, (_, i) => this.outputs[i * this.B + b]);
  }
}

function addBias(values, bias, B) {
  for (let r = 0, i = 0; r < bias.length; r++) for (let b = 0; b < B; b++, i++) values[i] += bias[r];
}

const CELLS = {
  lstm(gates, _, hidden, cells) {
    const n = hidden.length;
    for (let i = 0; i < n; i++) {
      cells[i] = sigmoid(gates[n + i]) * cells[i] + sigmoid(gates[i]) * tanh(gates[2 * n + i]);
      hidden[i] = sigmoid(gates[3 * n + i]) * tanh(cells[i]);
    }
  },
  gru(gates, fromState, hidden) {
    const n = hidden.length;
    for (let i = 0; i < n; i++) {
      const reset = sigmoid(gates[i] + fromState[i]), keep = sigmoid(gates[n + i] + fromState[n + i]);
      hidden[i] = (1 - keep) * tanh(gates[2 * n + i] + reset * fromState[2 * n + i]) + keep * hidden[i];
    }
  },
  rnn(gates, _, hidden) {
    for (let i = 0; i < hidden.length; i++) hidden[i] = tanh(gates[i]);
  },
};
