// The palette of a description: keys for the operators and the parts, which put their sign where the field's cursor is.
// In each of the two groups the arrow keys go from key to key, and Tab goes out of it.
import { OPERATORS } from "./description.js";
import { $ } from "./document.js";
import { search } from "./names.js";
import { state } from "./state.js";
import { word } from "./words.js";

const MOST = 60; // parts shown at once
const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 6, ArrowUp: -6 }; // style.css has six keys in a row

/** The keys, in the page's language and for its net. */
export function layKeys() {
  fill($("operators"), OPERATORS.map((sign, i) => key(sign, word("operatorNames")[i])));
  findParts();
}

function findParts() {
  const parts = state.net?.parts;
  if (!parts) return;
  const found = search(parts, $("find").value, MOST);
  fill($("parts"), found.map((name) => key([...name].length === 1 ? name : `&${name};`, parts.english[name] ?? "")));
  $("noParts").hidden = found.length > 0;
}

function key(sign, name) {
  const made = Object.assign(document.createElement("button"), { type: "button", tabIndex: -1, onclick: () => put(sign) });
  made.append(Object.assign(document.createElement("span"), { textContent: sign }));
  if (name) made.append(Object.assign(document.createElement("small"), { textContent: name }));
  made.setAttribute("aria-label", name ? `${sign} ${name}` : sign);
  made.title = name;
  return made;
}

function fill(group, keys) {
  if (keys.length) keys[0].tabIndex = 0;
  group.replaceChildren(...keys);
}

function put(sign) {
  const field = $("description");
  field.setRangeText(sign, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input"));
}

function walk(event) {
  const keys = [...event.currentTarget.children], at = keys.indexOf(document.activeElement);
  const to = { Home: 0, End: keys.length - 1 }[event.key] ?? at + STEPS[event.key];
  if (at < 0 || !keys[to]) return;
  event.preventDefault();
  keys[at].tabIndex = -1;
  keys[to].tabIndex = 0;
  keys[to].focus();
}

export function bindPalette() {
  for (const id of ["operators", "parts"]) $(id).addEventListener("keydown", walk);
  $("find").oninput = findParts;
}
