// The net of net.json (its format: pipeline/export/compact.py) and one step of it for many drawings at once.
// Shapes: B drawings side by side, a multiple of 8; a vector of H units for each is an array [H][B], float32.
import { floats, whole } from "./base64.js";
import { Describer, TOLD, wide } from "./describer.js";
import { FIRST_NAME } from "./encoding.js";
import { show, SHOWN } from "./exemplar.js";
import { begin, END_OF_PART, featureCount, features, PEN_STATES } from "./features.js";
import { addBias, CELLS, GATES } from "./gates.js";
import { Knowledge } from "./knowledge.js";
import { arithmetic } from "./product.js";

const BLOCKS = 6;
const VERSIONS = [1, 2, 3]; // 2: a net that is told of parts; 3: and is shown exemplars of them

/** Something is wrong with a file; `code` is a key of words.js. */
export class NetError extends Error {
  constructor(code, detail) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}

/** The text of a net.json -> { model, data, pen_weights, sample, scores, layers, head, engine }, and of a net that is
 * told of parts { knows, describer, toldWeight }, of one that is shown exemplars { shownWeight }. Throws NetError. plain: compute without WebAssembly. */
export function read(text, plain = false) {
  let content;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new NetError("damaged", error.message);
  }
  if (content?.format !== "fake-kanji net") throw new NetError("other", "");
  if (!VERSIONS.includes(content.version)) throw new NetError("version", String(content.version));
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
  if (content.version !== (model.exemplars ? 3 : model.described ? 2 : 1)) throw new NetError("damaged", "described");
  const numbers = (name, rows, columns) => {
    const part = tensors[name];
    const steps = whole(part.values, part.bits), scale = floats(part.scale);
    if (steps.length !== rows * columns || scale.length !== rows) throw new NetError("damaged", name);
    const values = new Float32Array(rows * columns);
    for (let r = 0, i = 0; r < rows; r++) for (let c = 0; c < columns; c++, i++) values[i] = steps[i] * scale[r];
    if (!scale.every(Number.isFinite)) throw new NetError("damaged", name);
    return values;
  };
  const matrix = (name, rows, columns) => engine.matrix(numbers(name, rows, columns), rows, columns);
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
  const net = { ...content, tensors: null, layers, head, outputs, engine };
  if (!model.described) return net;
  const describer = new Describer(engine, { numbers, matrix, vector }, FIRST_NAME + content.vocabulary.length);
  const toldWeight = matrix("told.weight", gates * H, TOLD);
  const shownWeight = model.exemplars ? matrix("shown.weight", gates * H, SHOWN) : null;
  return { ...net, knows: new Knowledge(content), describer, toldWeight, shownWeight };
}

/** What the first layer is told at each visit of an encoded description: { visits, columns, shares [gates H][columns] },
 * and the exemplar it is shown, null for none. Its matrix is multiplied once a visit here, not once a step. */
export function tell(net, encoded) {
  const visits = encoded.parts.length, columns = wide(visits);
  const shares = new Float32Array(net.toldWeight.rows * columns);
  net.engine.multiply(net.toldWeight, net.describer.told(encoded), columns, shares, false);
  return { visits, columns, shares, exemplar: (net.shownWeight && encoded.exemplar) ?? null };
}

/** The state of B drawings; `advance` reads one step of each, after which `outputs` [6 K + 3][B] is the next one's. */
export class Batch {
  constructor(net, B) {
    const H = net.model.hidden_size, gates = GATES[net.model.cell], numbers = (n) => new Float32Array(n * B);
    Object.assign(this, { net, B, told: null, shown: null });
    this.hidden = net.layers.map(() => numbers(H));
    this.cells = net.layers.map(() => numbers(H));
    this.input = numbers(featureCount(net.model));
    this.gates = numbers(gates * H);
    this.fromState = numbers(gates * H);
    this.outputs = numbers(net.outputs);
    this.memory = Array.from({ length: B }, begin);
    this.tellings = Array(B).fill(null);
    this.visit = new Int32Array(B).fill(-1);
  }

  get lasting() {
    return [...this.hidden, ...this.cells, this.input, this.told, this.shown, this.visit].filter(Boolean);
  }

  /** Room for what is told, and for what is shown. */
  room(told, shown) {
    if (told) this.told ??= new Float32Array(this.gates.length);
    if (shown) this.shown ??= new Float32Array(SHOWN * this.B);
  }

  /** Column b stands before a drawing; the next step given to it must be (0, 0, 2), the end of another. telling: what
   * `tell` gave; without it the drawing is written freely. */
  clear(b, telling = null) {
    this.room(telling, telling?.exemplar);
    for (const array of this.lasting) for (let i = b; i < array.length; i += this.B) array[i] = 0;
    this.memory[b] = begin();
    this.tellings[b] = telling;
    this.visit[b] = -1; // the first step ends what was before
  }

  /** Some columns in a batch of B, which may be narrower. */
  narrowed(columns, B) {
    const other = new Batch(this.net, B);
    other.room(this.told, this.shown);
    const into = other.lasting;
    this.lasting.forEach((array, i) => {
      for (let r = 0; r * this.B < array.length; r++)
        columns.forEach((from, to) => (into[i][r * B + to] = array[r * this.B + from]));
    });
    for (const own of ["memory", "tellings"]) columns.forEach((from, to) => (other[own][to] = this[own][from]));
    return other;
  }

  /** Column b's next previous step. */
  give(b, dx, dy, pen) {
    features(this.net.model, this.memory[b], dx, dy, pen, this.input, b, this.B);
    const telling = this.tellings[b];
    if (telling && pen === END_OF_PART) this.turn(b);
    if (telling?.exemplar) show(telling.exemplar, this.memory[b], this.visit[b], this.shown, b, this.B);
  }

  /** Column b goes on to the next visit, and stays at the last. */
  turn(b) {
    const { visits, columns, shares } = this.tellings[b], { told, B } = this;
    const v = Math.min(++this.visit[b], visits - 1);
    for (let i = b, s = v; i < told.length; i += B, s += columns) told[i] = shares[s];
  }

  advance() {
    const { net, B, gates } = this, { engine } = net, cell = net.model.cell;
    let input = this.input;
    net.layers.forEach((layer, i) => {
      const joint = cell !== "gru"; // a GRU's reset gate acts on the state's share alone
      const other = joint ? gates : this.fromState;
      engine.multiply(layer.input, input, B, gates, false);
      if (i === 0 && this.shown) engine.multiply(net.shownWeight, this.shown, B, gates, true);
      engine.multiply(layer.state, this.hidden[i], B, other, joint);
      addBias(gates, layer.inputBias, B);
      if (i === 0 && this.told) for (let g = 0; g < gates.length; g++) gates[g] += this.told[g];
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
