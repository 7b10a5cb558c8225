// What the whole page goes by: the net, as the worker tells of it, the seed and the temperatures; told: what is to be
// written, the worker's answer to `describe` with the description itself, null where nothing is described; dream: whether
// the sheet is of new descriptions or written freely, one of DREAMS, for a net that can be told.

export const SEEDS = 1e9; // a seed is a whole number below this
export const TEMPERATURES = ["pen", "mixture", "width"];
export const DREAMS = ["described", "free"]; // as sample.dream; the first is the usual one
export const state = { net: null, seed: 1, settings: { pen: 1, mixture: 0.5, width: 0.5 }, told: null, dream: DREAMS[0] };
/** Whether each character of the sheet is described first. */
export const planned = () => Boolean(state.net?.parts?.dreams) && state.dream === DREAMS[0];
