// One step of a recurrent layer once its matrices are multiplied, for B drawings side by side; GATES: vectors of H that
// a layer's matrices give. gates, fromState: [gates H][B]; hidden, cells: [H][B], written in place.

export const GATES = { lstm: 4, gru: 3, rnn: 1 };

export function addBias(values, bias, B) {
  for (let r = 0, i = 0; r < bias.length; r++) for (let b = 0; b < B; b++, i++) values[i] += bias[r];
}

const sigmoid = (engine, values) => engine.squash(values, -1, 1, 0);
const tanh = (engine, values) => engine.squash(values, 2, -2, 1);

export const CELLS = {
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
