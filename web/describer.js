// What each visit of a part is told: Describer of pipeline/net/describer.py, by the arithmetic of the net.
import { DEPTH, isFree, PIECES, PLACES } from "./encoding.js";
import { addBias, CELLS, GATES } from "./gates.js";

export const TOLD = 128;
const EMBEDDING = 64, H = TOLD / 2;
const COLUMNS = 8; // the fewest that the arithmetic takes
export const wide = (count) => COLUMNS * Math.ceil(count / COLUMNS);

export class Describer {
  /** numbers(name, rows, columns), matrix(...) and vector(name, length): of a net.json's tensors; names: how many. */
  constructor(engine, { numbers, matrix, vector }, names) {
    const reader = (end) => ({
      input: matrix(`describer.reader.weight_ih_l0${end}`, GATES.gru * H, EMBEDDING),
      state: matrix(`describer.reader.weight_hh_l0${end}`, GATES.gru * H, H),
      inputBias: vector(`describer.reader.bias_ih_l0${end}`, GATES.gru * H),
      stateBias: vector(`describer.reader.bias_hh_l0${end}`, GATES.gru * H),
    });
    Object.assign(this, { engine, forward: reader(""), backward: reader("_reverse") });
    this.name = numbers("describer.name.weight", names, EMBEDDING);
    this.path = numbers("describer.path.weight", DEPTH * PLACES, EMBEDDING);
    this.piece = numbers("describer.piece.weight", PIECES, TOLD);
    this.own = { weight: matrix("describer.own.weight", TOLD, EMBEDDING), bias: vector("describer.own.bias", TOLD) };
  }

  /** encoded: see encoding.js -> an array [TOLD][wide(V)], zeros where nothing is told. */
  told(encoded) {
    const V = encoded.parts.length, columns = wide(V), out = new Float32Array(TOLD * columns);
    if (isFree(encoded)) return out;
    const L = wide(encoded.names.length), tokens = this.tokens(encoded, L), everywhere = new Float32Array(TOLD * L);
    this.engine.multiply(this.own.weight, tokens, L, everywhere, false);
    addBias(everywhere, this.own.bias, L);
    const order = encoded.names.map((_, i) => i);
    this.read(this.forward, tokens, L, order, everywhere.subarray(0, H * L));
    this.read(this.backward, tokens, L, order.reverse(), everywhere.subarray(H * L));
    for (let d = 0; d < TOLD; d++)
      for (let v = 0; v < V; v++)
        out[d * columns + v] = everywhere[d * L + encoded.parts[v]] + this.piece[encoded.pieces[v] * TOLD + d];
    return out;
  }

  /** [EMBEDDING][L] */
  tokens({ names, paths }, L) {
    const out = new Float32Array(EMBEDDING * L);
    names.forEach((name, i) => {
      for (let e = 0; e < EMBEDDING; e++) {
        let sum = this.name[name * EMBEDDING + e];
        paths[i].forEach((place, level) => (sum += this.path[(level * PLACES + place) * EMBEDDING + e]));
        out[e * L + i] = sum;
      }
    });
    return out;
  }

  /** Adds a GRU's state after each token, in this order, to `into` [H][L]. */
  read(layer, tokens, L, order, into) {
    const rows = GATES.gru * H, all = new Float32Array(rows * L);
    this.engine.multiply(layer.input, tokens, L, all, false);
    addBias(all, layer.inputBias, L);
    const [gates, fromState] = [0, 1].map(() => new Float32Array(rows * COLUMNS)), hidden = new Float32Array(H * COLUMNS);
    for (const i of order) {
      this.engine.multiply(layer.state, hidden, COLUMNS, fromState, false);
      addBias(fromState, layer.stateBias, COLUMNS);
      for (let r = 0; r < rows; r++) gates.fill(all[r * L + i], r * COLUMNS, (r + 1) * COLUMNS);
      CELLS.gru(this.engine, gates, fromState, hidden, null);
      for (let h = 0; h < H; h++) into[h * L + i] += hidden[h * COLUMNS];
    }
  }
}
