// The heavy arithmetic of a net, in float32: a matrix times B drawings' vectors, and the logistic function. Once in
// WebAssembly, four numbers at a time, and once in plain JavaScript for browsers that lack that; both give the same bits.
// A vector of n numbers for each of B drawings, a multiple of 8, is an array [n][B].
import { bytes } from "./base64.js";

const MODULE = // product.wat, assembled
  "AGFzbQEAAAABGgNgB39/f39/f38AYAR/f3t7AGAFf399fX0AAwQDAAECBQMBAAEHHgMGbWVtb3J5AgAIbXVsdGlwbHkAAAZzcXVhc2gAAgqmBwPvAwIGfwt7IARBAnQhBwNAIAAgAkEEdGohCkEAIQgDQP0MAAAAAAAAAAAAAAAAAAAAACEQ/QwAAAAAAAAAAAAAAAAAAAAAIRH9DAAAAAAAAAAAAAAAAAAAAAAhEv0MAAAAAAAAAAAAAAAAAAAAACET/QwAAAAAAAAAAAAAAAAAAAAAIRT9DAAAAAAAAAAAAAAAAAAAAAAhFf0MAAAAAAAAAAAAAAAAAAAAACEW/QwAAAAAAAAAAAAAAAAAAAAAIRcgACEJIAMgCGohCwNAIAv9AAQAIQ0gC/0ABBAhDiAJ/QkCACEPIBAgDyAN/eYB/eQBIRAgESAPIA795gH95AEhESAJ/QkCBCEPIBIgDyAN/eYB/eQBIRIgEyAPIA795gH95AEhEyAJ/QkCCCEPIBQgDyAN/eYB/eQBIRQgFSAPIA795gH95AEhFSAJ/QkCDCEPIBYgDyAN/eYB/eQBIRYgFyAPIA795gH95AEhFyALIAdqIQsgCUEQaiEJIAkgCkkNAAsgBSAIaiEMIAwgBiAQIBEQASAMIAdqIQwgDCAGIBIgExABIAwgB2ohDCAMIAYgFCAVEAEgDCAHaiEMIAwgBiAWIBcQASAIQSBqIQggCCAHSQ0ACyAKIQAgBSAHQQJ0aiEFIAFBBGshASABDQALCzEAIAEEQCAA/QAEACAC/eQBIQIgAP0ABBAgA/3kASEDCyAAIAL9CwQAIAAgA/0LBBALgAMCAX8DeyAAIAFBAnRqIQUDQCAC/RMgAP0ABAD95gEhBv0MAACuwgAArsIAAK7CAACuwv0MAACuQgAArkIAAK5CAACuQiAG/egB/ekBIQYgBv0MO6q4PzuquD87qrg/O6q4P/3mAf1qIQcgBiAH/QwAgDE/AIAxPwCAMT8AgDE//eYB/eUBIQYgBiAH/QyDgF65g4BeuYOAXrmDgF65/eYB/eUBIQYgBkMBDVA5/RP95gEhCCAGIAhDYQu2Ov0T/eQB/eYBIQggBiAIQ4mICDz9E/3kAf3mASEIIAYgCEOrqio9/RP95AH95gEhCCAGIAhDq6oqPv0T/eQB/eYBIQggBiAIQwAAAD/9E/3kAf3mASEIIAYgCEMAAIA//RP95AH95gEhCCAIQwAAgD/9E/3kASEIIAf9+AFB/wD9Ef2uAUEX/asBIQdDAACAP/0TIAggB/3mAf3kASEIIAAgBP0TIAP9EyAI/ecB/eQB/QsEACAAQRBqIQAgACAFSQ0ACwsA+AEEbmFtZQEGAQEDcHV0ArEBAwAYAAVwYW5lbAEEcm93cwIHY29sdW1ucwMFaW5wdXQEAUIFA291dAYDYWRkBwZzdHJpZGUIAWIJAXcKA2VuZAsBeAwBbw0CeDAOAngxDwFzEAJhMBECYjASAmExEwJiMRQCYTIVAmIyFgJhMxcCYjMBBAACYXQBA2FkZAIBYQMBYgIJAAJhdAEFY291bnQCBXNjYWxlAwV0aW1lcwQEcGx1cwUDZW5kBgF6BwFuCAFwAzUCAAMACmVhY2hfcGFuZWwBCmVhY2hfZWlnaHQCC2VhY2hfY29sdW1uAgEACWVhY2hfZm91cg==";

const round = Math.fround;
const PAGE = 65536; // bytes

/** What computes a net; `plain` asks for JavaScript alone. */
export function arithmetic(plain = false) {
  const module = bytes(MODULE);
  return !plain && globalThis.WebAssembly?.validate(module) ? new Fast(module) : new Plain();
}

/** Four rows at a time, column by column; rows are filled up with zeros to a multiple of 4. */
function panels(values, rows, columns) {
  const out = new Float32Array(4 * Math.ceil(rows / 4) * columns);
  for (let r = 0, i = 0; r < rows; r++)
    for (let c = 0, p = (r - (r % 4)) * columns + (r % 4); c < columns; c++, i++, p += 4) out[p] = values[i];
  return out;
}

class Fast {
  fast = true;

  constructor(module) {
    this.wasm = new WebAssembly.Instance(new WebAssembly.Module(module)).exports;
    this.used = 0; // numbers at the memory's beginning that are matrices
    this.room(0);
  }

  room(numbers) {
    const { memory } = this.wasm, lacking = 4 * (this.used + numbers) - memory.buffer.byteLength;
    if (lacking > 0) memory.grow(Math.ceil(lacking / PAGE));
    if (this.view?.buffer !== memory.buffer) this.view = new Float32Array(memory.buffer);
  }

  matrix(values, rows, columns) {
    const panel = panels(values, rows, columns), at = this.used;
    this.used += panel.length;
    this.room(0);
    this.view.set(panel, at);
    return { rows, columns, at };
  }

  /** out [rows][B] (+)= matrix x input [columns][B] */
  multiply({ rows, columns, at }, input, B, out, add) {
    const filled = 4 * Math.ceil(rows / 4), from = this.used, to = from + columns * B;
    this.room((columns + filled) * B);
    this.view.set(input, from);
    if (add) this.view.set(out, to);
    this.wasm.multiply(4 * at, filled, columns, 4 * from, B, 4 * to, +add);
    out.set(this.view.subarray(to, to + rows * B));
  }

  /** Each x becomes plus + times / (1 + exp(scale x)). */
  squash(values, scale, times, plus) {
    this.room(values.length);
    this.view.set(values, this.used);
    this.wasm.squash(4 * this.used, values.length, scale, times, plus);
    values.set(this.view.subarray(this.used, this.used + values.length));
  }
}

/** The same, number by number: `round` after each operation makes it float32. */
class Plain {
  fast = false;

  matrix(values, rows, columns) {
    return { rows, columns, panel: panels(values, rows, columns) };
  }

  multiply({ rows, columns, panel }, input, B, out, add) {
    for (let r = 0; r < rows; r++)
      for (let b = 0; b < B; b += 4) {
        let a0 = 0, a1 = 0, a2 = 0, a3 = 0;
        for (let c = 0, p = (r - (r % 4)) * columns + (r % 4), q = b; c < columns; c++, p += 4, q += B) {
          const w = panel[p];
          a0 = round(a0 + round(w * input[q]));
          a1 = round(a1 + round(w * input[q + 1]));
          a2 = round(a2 + round(w * input[q + 2]));
          a3 = round(a3 + round(w * input[q + 3]));
        }
        const o = r * B + b;
        out[o] = add ? out[o] + a0 : a0;
        out[o + 1] = add ? out[o + 1] + a1 : a1;
        out[o + 2] = add ? out[o + 2] + a2 : a2;
        out[o + 3] = add ? out[o + 3] + a3 : a3;
      }
  }

  squash(values, scale, times, plus) {
    for (let i = 0; i < values.length; i++) {
      const e = exp(Math.max(-87, Math.min(87, round(scale * values[i]))));
      values[i] = plus + round(times / round(1 + e));
    }
  }
}

const TERMS = Float32Array.from([7, 6, 5, 4, 3, 2, 1, 0], (n) => 1 / [1, 1, 2, 6, 24, 120, 720, 5040][n]);
const [LOG2E, LN2_HIGH, LN2_LOW] = Float32Array.from([1.4426950408889634, 0.693359375, -2.1219444e-4]);
const POWERS = new Float32Array(255); // 2^n at n + 127
for (let i = 0, up = 1, down = 1; i <= 127; i++, up *= 2, down /= 2) [POWERS[127 + i], POWERS[127 - i]] = [up, down];
const WHOLE = 12582912; // 1.5 x 2^23: float32 numbers of this size are whole, so adding it rounds

function exp(z) {
  const n = round(round(z * LOG2E) + WHOLE) - WHOLE;
  let r = round(z - round(n * LN2_HIGH));
  r = round(r - round(n * LN2_LOW));
  let sum = round(r * TERMS[0]);
  for (let i = 1; i < 7; i++) sum = round(r * round(sum + TERMS[i]));
  return round(round(sum + 1) * POWERS[127 + n]);
}
