// Where the net foresees the pen: a cloud on an Ink, and in words the chances that it lifts or ends there.
import { state } from "./state.js";
import { word } from "./words.js";

/** The worker's cloud, which lies about the end of these steps, in the box. */
export function placed(cloud, steps) {
  const { width, height } = state.net.data;
  return { ...cloud, at: steps.reduce(([x, y], [dx, dy]) => [x + dx, y + dy], [width / 2, height / 2]) };
}

const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** told: whether the pen's third state ends a part. */
export function chances(element, { lift, end }, told) {
  const span = (textContent) => Object.assign(document.createElement("span"), { textContent });
  element.replaceChildren(...word(told ? "partChances" : "chances", percent(lift), percent(end)).map(span));
}
