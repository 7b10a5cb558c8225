// What the whole page goes by: the net's description, as the worker gives it, the seed and the temperatures.

export const SEEDS = 1e9; // a seed is a whole number below this
export const TEMPERATURES = ["pen", "mixture", "width"];
export const state = { net: null, seed: 1, settings: { pen: 1, mixture: 0.5, width: 0.5 } };
