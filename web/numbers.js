// Elementary functions and random numbers from +, -, *, / and square roots alone, which every browser rounds alike:
// Math.exp and Math.log differ from one to another, and the same seed must give the same character everywhere.

const LN2_HIGH = 6.93147180369123816490e-01;
const LN2_LOW = 1.90821492927058770002e-10;
const POWERS = new Float64Array(2101);
for (let i = 0, up = 1, down = 1; i <= 1050; i++, up *= 2, down /= 2) {
  POWERS[1050 + i] = up;
  POWERS[1050 - i] = down;
}

export function exp(x) {
  if (!(x > -700)) return x !== x ? x : 0;
  if (x > 700) return Infinity;
  const n = Math.round(x * 1.4426950408889634);
  const r = x - n * LN2_HIGH - n * LN2_LOW; // |r| <= ln 2 / 2: the series is exact to 1e-15
  let sum = 1;
  for (let i = 12; i > 0; i--) sum = 1 + (r * sum) / i;
  return sum * POWERS[1050 + n];
}

export function log(x) {
  let n = 0;
  while (x > 1.5) (x /= 2), n++;
  while (x < 0.75) (x *= 2), n--;
  const t = (x - 1) / (x + 1), square = t * t; // log x = 2 artanh t
  let sum = 0;
  for (let i = 25; i > 0; i -= 2) sum = 1 / i + square * sum;
  return 2 * t * sum + n * LN2_HIGH + n * LN2_LOW;
}

export const tanh = (x) => 1 - 2 / (1 + exp(2 * x));
export const cosh = (x) => (exp(x) + exp(-x)) / 2;

/** xoshiro128** (Blackman, Vigna 2018), its state made from whole numbers by a mixing of theirs (splitmix). */
export class Random {
  constructor(...keys) {
    let seed = 0x9e3779b9;
    const next = () => {
      seed = (seed + 0x9e3779b9) | 0;
      let z = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return z ^ (z >>> 16);
    };
    for (const key of keys) {
      seed = (next() ^ Math.imul(key | 0, 0x27d4eb2f)) | 0;
      seed = (next() ^ Math.floor(key / 4294967296)) | 0;
    }
    this.state = Int32Array.from([next(), next(), next(), next() | 1]);
  }

  bits() {
    const s = this.state;
    let result = Math.imul(s[1], 5);
    result = Math.imul((result << 7) | (result >>> 25), 9);
    const t = s[1] << 9;
    s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result >>> 0;
  }

  /** In [0, 1), 53 bits. */
  uniform() {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
  }

  /** Two independent standard normal numbers: Marsaglia's polar method. */
  normals() {
    for (;;) {
      const u = 2 * this.uniform() - 1, v = 2 * this.uniform() - 1, s = u * u + v * v;
      if (s > 0 && s < 1) {
        const f = Math.sqrt((-2 * log(s)) / s);
        return [u * f, v * f];
      }
    }
  }
}
