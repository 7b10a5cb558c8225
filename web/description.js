// Ideographic descriptions, in text and as a tree: pipeline/describe/description.py, case for case. When that changes,
// this does. A description is { name, operator, parts }: name "" is a part without a name, operator "" one not spelled.

export const OPERATORS = [..."⿰⿱⿴⿵⿶⿷⿸⿹⿺⿻⿲⿳"]; // in the order of encoding.py
export const OVER = "⿻";
export const MOST_DEPTH = 12; // operators above a leaf
const MOST_PARTS = 64; // leaves
const BESIDE = "⿰", BESIDE_3 = "⿲", UNNAMED = "？", EMPTY_PLACES = ["?", UNNAMED];
const NEWER = [..."⿼⿽⿾⿿㇯"];
const SHOWN = 12; // characters of what was read that an error repeats
const SPACE = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/u;
const UNWRITTEN = /^[\p{Cc}\p{Cf}\p{Cs}]$/u;
const SELECTORS = /[\ufe00-\ufe0f\u180b-\u180f\u{e0100}-\u{e01ef}]/gu;
const FORMS = [..."⻖⻏⻌⺨⻞⺤⺦⺗⺡⺾⺅⺘⺖⺣⺭⺮⺉⺼⻊𧾷訁糹釒牜𤣩⺩⺀⺊㐅戶户"]; // components.SAME
const USUAL = [..."阝阝辶犭飠爫丬㣺氵艹亻扌忄灬礻竹刂月足足言糸金牛王王冫卜乂戸戸"];
const IDEOGRAPHS = [..."一丨丿丶乀乙乚乛亅𠃊𠃋𠃌𠃍𠃎𠃑𠄌𠄎𡿨"]; // strokes.SAME
const STROKES = [..."㇐㇑㇒㇔㇏㇠㇟㇖㇚㇗㇜㇆㇕㇘㇞㇙㇡㇛"];
export const SAME = new Map([...FORMS, ...IDEOGRAPHS].map((form, i) => [form, [...USUAL, ...STROKES][i]]));

const arity = (sign) => (sign === BESIDE_3 || sign === "⿳" ? 3 : 2);
const spelled = (operator, parts) => ({ name: "", operator, parts });
export const isStroke = (name) => /^[\u31c0-\u31e5]$/u.test(name); // a type of stroke
export const leaf = (name) => ({ name, operator: "", parts: [] });

/** A text that is no description: `code` is a key of words.js, `values` go with it, `at` is the place, from 0, and
 * `read` the end of what stands before it. */
export class DescriptionError extends Error {
  constructor(code, values = [], at = null, read = "") {
    super(code);
    Object.assign(this, { code, values, at, read });
  }
}

/** The order of Python's texts, which is not that of UTF-16. */
export function byCodePoint(a, b) {
  const [one, other] = [[...a], [...b]].map((signs) => signs.map((sign) => sign.codePointAt(0)));
  const i = one.findIndex((code, at) => code !== other[at]);
  return i < 0 ? one.length - other.length : one[i] - (other[i] ?? -1);
}

/** The usual one of several forms of a component. */
export function canonical(name) {
  const one = /^[\u2f00-\u2fd5]$/u.test(name) ? name.normalize("NFKC") : name;
  return SAME.get(one) ?? one;
}

/** Throws DescriptionError. */
export function parse(text) {
  return new Reader(text.replace(SELECTORS, "").normalize("NFC")).all();
}

class Reader {
  constructor(text) {
    Object.assign(this, { text: [...text], at: 0, leaves: 0, operators: 0 });
  }

  all() {
    const found = [];
    while (this.next()) found.push(this.one(0));
    if (!found.length) throw new DescriptionError("empty");
    const read = sideBySide(found);
    if (found.length > 1 && depth(read) > MOST_DEPTH) throw this.error("row", found.length, MOST_DEPTH);
    return read;
  }

  next() {
    while (this.at < this.text.length && SPACE.test(this.text[this.at])) this.at++;
    return this.text[this.at] ?? "";
  }

  /** depth: operators above it; ⿻ directly in ⿻ counts once. */
  one(depth) {
    const sign = this.next();
    if (NEWER.includes(sign)) throw this.error("newer", sign);
    if (!OPERATORS.includes(sign)) return this.leaf(sign);
    if (depth >= MOST_DEPTH) throw this.error("deep", MOST_DEPTH);
    return this.spelled(sign, depth);
  }

  spelled(sign, depth) {
    this.count("operators");
    const start = this.at++, parts = [];
    for (let nth = 0; nth < arity(sign); nth++) {
      if (!this.next()) throw this.error("ends", nth, arity(sign), sign, start + 1);
      const flat = sign === OVER && this.next() === OVER;
      const part = this.one(flat ? depth : depth + 1);
      parts.push(...(flat ? part.parts : [part]));
    }
    return spelled(sign, parts);
  }

  leaf(sign) {
    this.count("leaves");
    if (sign === "&") return this.entity();
    if (UNWRITTEN.test(sign)) throw this.error("unwritten", sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0"));
    this.at++;
    return leaf(EMPTY_PLACES.includes(sign) ? "" : sign);
  }

  entity() {
    const stop = this.text.indexOf(";", this.at), name = stop < 0 ? [] : this.text.slice(this.at + 1, stop);
    const sign = name.length === 1 && [...OPERATORS, ...NEWER, ...EMPTY_PLACES].includes(name[0]);
    if (!name.length || sign || name.some((c) => SPACE.test(c) || c === "&")) throw this.error("entity");
    this.at = stop + 1;
    return leaf(name.join(""));
  }

  count(what) {
    this[what]++;
    if (this.leaves > MOST_PARTS || this.operators >= MOST_PARTS) throw this.error("long", MOST_PARTS);
  }

  error(code, ...values) {
    const read = this.text.slice(0, this.at);
    return new DescriptionError(code, values, this.at, (read.length > SHOWN ? "…" : "") + read.slice(-SHOWN).join(""));
  }
}

function sideBySide(parts) {
  if (parts.length === 1) return parts[0];
  if (parts.length <= 3) return spelled(parts.length === 2 ? BESIDE : BESIDE_3, parts);
  return spelled(BESIDE, [parts[0], sideBySide(parts.slice(1))]);
}

const depth = ({ operator, parts }) => (operator ? 1 + Math.max(...parts.map(depth)) : 0);

/** The parts that are not spelled, in the order of the text. */
export const leaves = (description) => (description.operator ? description.parts.flatMap(leaves) : [description]);

/** These parts as { name, place, above }: the operators and slots from the root as one text, and the last operator. */
export function placed({ name, operator, parts }, place = "", above = "") {
  if (!operator) return [{ name, place, above }];
  return parts.flatMap((part, slot) => placed(part, place + operator + slot, operator));
}

/** Its text sign by sign: [sign, number of the leaf] or [operator, -1]. */
export function signs(description) {
  let number = 0;
  const walk = ({ name, operator, parts }) => {
    if (!operator) return [[!name ? UNNAMED : [...name].length === 1 ? name : `&${name};`, number++]];
    const last = parts.length - arity(operator); // before each of the parts up to this stands the operator
    return parts.flatMap((part, i) => [...(i <= last ? [[operator, -1]] : []), ...walk(part)]);
  };
  return walk(description);
}

export const text = (description) => signs(description).map(([sign]) => sign).join("");
