// What the whole page goes by: the net, as the worker tells of it, the seed and the temperatures; told: what is to be
// written, the worker's answer to `describe` with the description itself, null where nothing is described.

export const SEEDS = 1e9; // a seed is a whole number below this
export const TEMPERATURES = ["pen", "mixture", "width"];
export const state = { net: null, seed: 1, settings: { pen: 1, mixture: 0.5, width: 0.5 }, told: null };
