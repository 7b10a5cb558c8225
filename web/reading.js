// A description as the user reads it: its signs, the part being written marked; in English; or what is wrong with it.
import { word } from "./words.js";

/** answer: of the worker's `describe`; null for nothing. */
export function showReading(element, answer) {
  const parts = answer?.ok ? [...answer.signs.map(sign), Object.assign(span("english", answer.english), { lang: "en" })] : [];
  element.classList.toggle("wrong", answer?.ok === false);
  element.replaceChildren(...(answer?.ok === false ? [sentence(answer)] : parts));
}

function sign([text, leaf]) {
  const made = span(leaf < 0 ? "operator" : "part", text);
  made.dataset.leaf = leaf;
  return made;
}

const span = (className, textContent) => Object.assign(document.createElement("span"), { className, textContent });

/** Marks the part of which the last of these steps is; none without steps. */
export function mark(element, told, steps) {
  const ended = steps?.slice(0, -1).filter(([, , pen]) => pen === 2).length;
  const leaf = steps?.length ? told.visits[Math.min(ended, told.visits.length - 1)] : null;
  for (const each of element.querySelectorAll(".part")) each.classList.toggle("now", +each.dataset.leaf === leaf);
}

/** In English the very words of pipeline/describe/description.py. */
export function sentence({ code, values, at, read }) {
  const what = word(`wrong_${code}`, ...values);
  return at === null ? what : word("wrongAt", at + 1, read, what);
}
