// The net of net.json (its format: pipeline/export/compact.py) and one step of it for many drawings at once.
// Shapes: B drawings side by side, a multiple of 8; a vector of H units for each is an array [H][B], float32.
import { floats, whole } from "./base64.js";
import { begin, featureCount, features, PEN_STATES } from "./features.js";
import { arithmetic } from "./product.js";

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

/** The text of a net.json -> { model, data, pen_weights, sample, scores, layers, head, engine }. Throws NetError.
 * plain: compute without WebAssembly. */
export function read(text, plain = false) {
  let content;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new NetError("damaged", error.message);
  }
  if (content?.format !== "fake-kanji net") throw new NetError("other", "");
  if (content.version !== 1) throw new NetError("version", String(content.version));
  try {
    return assemble(content, arithmetic(plain));
  } catch (error) {
    throw error instanceof NetError ? error : new NetError("damaged", error.message);
  }
}

function assemble(content, engine) {
  const { model, data, pen_weights, tensors } = content;
  const gates = GATES[model.cell], H = model.hidden_size;
  if (!gates || !(H > 0) || !(data.scale > 0) || !(data.width > 0) || !(data.height > 0) || pen_weights.length !== 3)
    throw new NetError("damaged", "configuration");
  const matrix = (name, rows, columns) => {
    const part = tensors[name];
    const numbers = whole(part.values, part.bits), scale = floats(part.scale);
    if (numbers.length !== rows * columns || scale.length !== rows) throw new NetError("damaged", name);
    const values = new Float32Array(rows * columns);
    for (let r = 0, i = 0; r < rows; r++) for (let c = 0; c < columns; c++, i++) values[i] = numbers[i] * scale[r];
    if (!scale.every(Number.isFinite)) throw new NetError("damaged", name);
    return engine.matrix(values, rows, columns);
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
  const head = { weight: matrix("head.weight", outputs, H), bias: vector("head.bias", outputs) };
  return { ...content, tensors: null, layers, head, outputs, engine };
}

/** The state of B drawings; `advance` reads one step of each, after which `outputs` [6 K + 3][B] is the next one's. */
export class Batch {
  constructor(net, B) {
    const H = net.model.hidden_size, gates = GATES[net.model.cell], numbers = (n) => new Float32Array(n * B);
    Object.assign(this, { net, B });
    this.hidden = net.layers.map(() => numbers(H));
    this.cells = net.layers.map(() => numbers(H));
    this.input = numbers(featureCount(net.model));
    this.gates = numbers(gates * H);
    this.fromState = numbers(gates * H);
    this.outputs = numbers(net.outputs);
    this.memory = Array.from({ length: B }, begin);
  }

  get lasting() {
    return [...this.hidden, ...this.cells, this.input];
  }

  /** Column b stands before a drawing; the next step given to it must be (0, 0, 2), the end of another. */
  clear(b) {
    for (const array of this.lasting) for (let i = b; i < array.length; i += this.B) array[i] = 0;
    this.memory[b] = begin();
  }

  /** Some columns in a batch of B, which may be narrower. */
  narrowed(columns, B) {
    const other = new Batch(this.net, B), into = other.lasting;
    this.lasting.forEach((array, i) => {
      for (let r = 0; r * this.B < array.length; r++)
        columns.forEach((from, to) => (into[i][r * B + to] = array[r * this.B + from]));
    });
    columns.forEach((from, to) => (other.memory[to] = this.memory[from]));
    return other;
  }

  /** Column b's next previous step. */
  give(b, dx, dy, pen) {
    features(this.net.model, this.memory[b], dx, dy, pen, this.input, b, this.B);
  }

  advance() {
    const { net, B, gates } = this, { engine } = net, cell = net.model.cell;
    let input = this.input;
    net.layers.forEach((layer, i) => {
      const joint = cell !== "gru"; // a GRU's reset gate acts on the state's share alone
      const other = joint ? gates : this.fromState;
      engine.multiply(layer.input, input, B, gates, false);
      engine.multiply(layer.state, this.hidden[i], B, other, joint);
      addBias(gates, layer.inputBias, B);
      addBias(other, layer.stateBias, B);
      CELLS[cell](engine, gates, other, this.hidden[i], this.cells[i]);
      input = this.hidden[i];
    });
    engine.multiply(net.head.weight, input, B, this.outputs, false);
    addBias(this.outputs, net.head.bias, B);
  }

  /** The outputs of column b, [6 K + 3]. */
  column(b) {
    const { outputs, B } = this, out = new Float64Array(this.net.outputs);
    for (let i = 0, o = b; i < out.length; i++, o += B) out[i] = outputs[o];
    return out;
  }
}

function addBias(values, bias, B) {
  for (let r = 0, i = 0; r < bias.length; r++) for (let b = 0; b < B; b++, i++) values[i] += bias[r];
}

const sigmoid = (engine, values) => engine.squash(values, -1, 1, 0);
const tanh = (engine, values) => engine.squash(values, 2, -2, 1);

const CELLS = {
  lstm(engine, gates, _, hidden, cells) {
    const n = hidden.length;
    sigmoid(engine, gates.subarray(0, 2 * n));
    tanh(engine, gates.subarray(2 * n, 3 * n));
    sigmoid(engine, gates.subarray(3 * n));
    for (let i = 0; i < n; i++) cells[i] = gates[n + i] * cells[i] + gates[i] * gates[2 * n + i];
    hidden.set(cells);
    tanh(engine, hidden);
    for (let i = 0; i < n; i++) hidden[i] *= gates[3 * n + i];
  },
  gru(engine, gates, fromState, hidden) {
    const n = hidden.length, shut = gates.subarray(0, 2 * n), fresh = gates.subarray(2 * n);
    for (let i = 0; i < 2 * n; i++) shut[i] += fromState[i];
    sigmoid(engine, shut);
    for (let i = 0; i < n; i++) fresh[i] += shut[i] * fromState[2 * n + i];
    tanh(engine, fresh);
    for (let i = 0; i < n; i++) hidden[i] = (1 - shut[n + i]) * fresh[i] + shut[n + i] * hidden[i];
  },
  rnn(engine, gates, _, hidden) {
    hidden.set(gates);
    tanh(engine, hidden);
  },
};
