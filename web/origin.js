// What a file says of its origin: by which net, from which seed, and what of it a person drew.
import { state } from "./state.js";

const DIGITS = 12;

/** The beginning of the sha256 of a net.json; "" where the browser tells none, as on a page that is not secure. */
export async function identify(text) {
  const digest = await globalThis.crypto.subtle?.digest("SHA-256", new TextEncoder().encode(text));
  return digest ? [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, DIGITS) : "";
}

/** Of a character, in the words of pipeline/kanjivg/form.py. */
export async function madeBy({ seed, number, drawn = [] }) {
  const id = await state.net.id, by = `by the net${id && ` ${id}`} from the seed ${seed ?? state.seed}, character ${number + 1},`;
  if (!drawn.length) return `Machine-made: written ${by} with fake-kanji, a recurrent net; no human drew it.`;
  const first = drawn.length === 1 ? "first stroke, which was" : `first ${drawn.length} strokes, which were`;
  return `Machine-made but for the ${first} drawn by hand: the rest written ${by} with fake-kanji, a recurrent net.`;
}

/** Of all characters of a sheet. */
export async function sheetMadeBy(count) {
  const id = await state.net.id;
  return `Machine-made: ${count} characters written by the net${id && ` ${id}`} from the seed ${state.seed} with fake-kanji, a recurrent net; no human drew them.`;
}
