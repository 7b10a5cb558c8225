// What a net knows of descriptions: pipeline/describe/knowledge.py; and how they read in English: reading.py beside it.
import { bytes } from "./base64.js";
import { byCodePoint, canonical, DescriptionError, leaf, leaves, MOST_DEPTH, OVER, parse, text } from "./description.js";
import { Dreams } from "./dreams.js";
import { encode, FIRST_NAME } from "./encoding.js";
import { ofVisits } from "./exemplars.js";
import { strokes, visits } from "./visits.js";

const NEAR = 5; // known parts that an error names
const DEEPEST = 3; // spellings that are looked up one in another to be read
const BETWEEN = { "⿰": " beside ", "⿲": " beside ", "⿱": " over ", "⿳": " over ", [OVER]: " across " };
const WORDS = [...Object.values(BETWEEN), " in "];

export class Knowledge {
  /** vocabulary, spellings, habits, english, characters: as in net.json; library: of exemplars, see exemplars.js. */
  constructor({ vocabulary, spellings, habits, english, characters = "" }, library = null) {
    const words = typeof spellings === "string" ? spellings.split(" ") : null;
    const spelled = words ? words.flatMap((name, i) => (i % 2 ? [] : [[name, words[i + 1]]])) : Object.entries(spellings);
    Object.assign(this, { vocabulary, spellings: Object.fromEntries(spelled), english, library });
    const forms = (names, counts) => Object.fromEntries(names.map((name, i) => [canonical(name), counts[i]]));
    const own = typeof habits.strokes === "string" ? forms(vocabulary, bytes(habits.strokes)) : habits.strokes;
    this.habits = { ...habits, strokes: library ? { ...forms(library.names, library.counts), ...own } : own };
    this.learnt = bytes(characters);
    this.numbers = new Map(vocabulary.map((name, i) => [name, FIRST_NAME + i]));
    const known = [...vocabulary, ...(library?.names ?? [])];
    this.forms = new Map(known.reverse().map((name) => [canonical(name), name]));
  }

  /** Whether a part can be told by its name, or is shown. */
  byName(name) {
    return this.numbers.has(name) || Boolean(this.library?.has(name));
  }

  /** A part's name in the form that can be told by name, if one can. */
  named(name) {
    return this.byName(name) ? name : (this.forms.get(canonical(name)) ?? name);
  }

  /** A text as the net can be told of it, by parts that can be told by name. Throws DescriptionError. */
  read(text) {
    const asked = parse(text);
    const spelling = asked.name && this.spelling(asked.name);
    return this.spelled(spelling || asked, 0);
  }

  spelled({ name: asked, operator, parts }, depth) {
    if (operator) return { name: "", operator, parts: parts.map((part) => this.spelled(part, depth)) };
    const name = this.named(asked);
    if (!name || this.byName(name)) return leaf(name);
    const spelling = this.spelling(name);
    if (!spelling || depth === MOST_DEPTH) throw new DescriptionError("unknown", [name, this.near(name).join(" ")]);
    return this.spelled(spelling, depth + 1);
  }

  spelling(name) {
    return Object.hasOwn(this.spellings, name) ? parse(this.spellings[name]) : null;
  }

  /** A name with its spelling, and its parts with theirs, as far as these are known. */
  described(name, depth = MOST_DEPTH, made = new Map()) {
    if (made.has(`${depth} ${name}`)) return made.get(`${depth} ${name}`);
    const spelling = (depth && this.spelling(name)) || leaf(name);
    const whole = (part) => {
      if (part.operator) return { ...part, parts: part.parts.map(whole) };
      return part.name && part.name !== name ? this.described(part.name, depth - 1, made) : part;
    };
    const found = { name, operator: spelling.operator, parts: spelling.parts.map(whole) };
    made.set(`${depth} ${name}`, found);
    return found;
  }

  /** Whether it says which characters the net has learnt from; older files do not. */
  get canDream() {
    return this.learnt.some(Boolean);
  }

  /** Of new descriptions, by the characters that the net has learnt from. */
  get dreams() {
    if (this.dreaming) return this.dreaming;
    const all = Object.keys(this.spellings).sort(byCodePoint), made = new Map();
    const every = all.map((name) => this.described(name, MOST_DEPTH, made));
    const [training, others] = [1, 0].map((learnt) => every.filter((_, i) => bit(this.learnt, i) === learnt));
    return (this.dreaming = new Dreams(training, others, (name) => this.canTell(name)));
  }

  /** Whether the net knows a part by name or can spell it. */
  canTell(name) {
    try {
      return Boolean(this.spelled(leaf(name), 0));
    } catch (error) {
      if (error instanceof DescriptionError) return false;
      throw error;
    }
  }

  /** Unicode orders ideographs by radical, so that those near by have a part in common. */
  near(name) {
    const code = name.codePointAt(0), apart = (one) => Math.abs(one.codePointAt(0) - code);
    const known = this.vocabulary.filter((one) => [...one].length === 1);
    return known.sort((a, b) => apart(a) - apart(b)).slice(0, NEAR);
  }

  visits(description) {
    return visits(this.habits, description);
  }

  encode(description) {
    const visited = this.visits(description), encoded = encode(description, visited, this.numbers);
    return this.library ? { ...encoded, exemplar: ofVisits(visited, this.exemplars(description, visited, encoded)) } : encoded;
  }

  /** The runs of strokes of the leaves that are shown one, by their numbers. */
  exemplars(description, visited, { paths, parts }) {
    const names = leaves(description).map(({ name }) => name), found = new Map();
    const counts = names.map((name) => strokes(this.habits, name)), all = counts.reduce((sum, count) => sum + count, 0);
    visited.forEach(({ leaf }, i) => {
      if (found.has(leaf) || !this.library.has(names[leaf])) return;
      found.set(leaf, this.library.exemplar(names[leaf], paths[parts[i]], all - counts[leaf]));
    });
    return found;
  }

  /** ⿰木食 is "tree beside eat". spell(name): how to read what has no English name, null for itself. */
  reading(description, spell = (name) => this.spelling(name), depth = DEEPEST) {
    const { name } = description, known = this.english[name] ?? this.english[this.forms.get(canonical(name))];
    if (known) return known;
    const spelling = !description.operator && depth ? spell(name) : null;
    const { operator, parts } = spelling ?? description;
    if (!operator) return name ? text(description) : "anything";
    const read = parts.map((part) => this.reading(part, spell, spelling ? depth - 1 : depth));
    const kept = read.map((part) => (WORDS.some((word) => part.includes(word)) ? `(${part})` : part));
    return operator in BETWEEN ? kept.join(BETWEEN[operator]) : `${kept[1]} in ${kept[0]}`;
  }
}

const bit = (bytes, i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1; // of numpy's packbits
