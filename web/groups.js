// The groups of a described character as KanjiVG has them: its parts by name and place, as far as they are spelled.
import { isStroke, leaves, parse, text } from "./description.js";

/** What KanjiVG says of the slots of an operator: POSITIONS of pipeline/kanjivg/grouping.py. */
const POSITIONS = {
  "⿰": ["left", "right"], "⿲": ["left", "", "right"], "⿱": ["top", "bottom"], "⿳": ["top", "", "bottom"],
  "⿴": ["kamae"], "⿵": ["kamae"], "⿶": ["kamae"], "⿷": ["kamae"], "⿹": ["kamae"], "⿸": ["tare", "tarec"], "⿺": ["nyo", "nyoc"],
};

/** asked: a description's text; read: the tree that `knows` reads in it -> [element, position, first, last], each before
 * those in it; first, last: numbers of leaves of `read`. The whole has the text as its element. */
export function groups(knows, asked, read) {
  const whole = parse(asked), root = (whole.name && knows.spelling(whole.name)) || whole, found = [];
  let leaf = 0;
  const walk = (one, told, position) => {
    if (one.name && one !== root && !isStroke(one.name)) found.push([one.name, position, leaf, leaf + leaves(told).length - 1]);
    if (!told.operator) return leaf++;
    const spelled = one.operator ? one : knows.spelling(knows.named(one.name));
    told.parts.forEach((part, slot) => walk(spelled.parts[slot], part, POSITIONS[told.operator]?.[slot] ?? ""));
  };
  walk(root, read, "");
  return [[text(whole), "", 0, leaf - 1], ...found];
}
