// New descriptions like those of known characters: Dreams of pipeline/describe/dreams.py, and no known one comes out.
import { byCodePoint, canonical, isStroke, leaf, leaves, OVER, placed, text } from "./description.js";
import { Random } from "./numbers.js";

const TWO = 0.4; // share of dreams in which two parts are exchanged
const TRIES = 200; // a dream
const DEEPEST = 6; // spellings that are put in one into another, to compare descriptions
const STREAM = 23; // key of its random numbers, beyond the attempts of writing.js
const ROWS = { "⿲": "⿰", "⿳": "⿱" };
const NESTED = ["⿰", "⿱", OVER]; // one in another of its kind is one row

export class Dreams {
  /** training: described characters, { name, operator, parts }; known: more that must not come out; usable(name): whether
   * the net can be told of a part. Frames: those with two named parts; fillers: place -> { names, weights }. */
  constructor(training, known, usable) {
    Object.assign(this, { spellings: spellings(training), spelled: new Map() });
    const all = training.map(byNames).map((frame) => ({ frame, names: named(frame) }));
    const whole = ({ frame }) => leaves(frame).every(({ name }) => usable(name));
    this.frames = all.filter((one) => one.names.size > 1 && whole(one));
    this.companions = new Map();
    const counts = new Map();
    for (const { names } of this.frames)
      for (const [place, name] of names) {
        count(kept(counts, place, () => new Map()), name);
        const beside = kept(this.companions, name, () => new Set());
        for (const other of names.values()) if (other !== name) beside.add(other);
      }
    this.fillers = new Map([...counts].map(([place, many]) => [place, weighted(many)]));
    this.known = new Set([...training, ...known].flatMap((one) => this.keys(one)));
  }

  /** Dream `number` of a seed, which are all different; null where there is none. */
  dream(seed, number) {
    if (seed !== this.seed) Object.assign(this, { seed, dreams: [], found: new Set() });
    while (this.dreams.length <= number) this.dreams.push(this.another(new Random(seed, this.dreams.length, STREAM)));
    return this.dreams[number];
  }

  another(random) {
    for (let i = 0; i < TRIES && this.frames.length; i++) {
      const dream = this.draw(random), key = this.key(dream);
      if (this.found.has(key) || this.isKnown(dream)) continue;
      this.found.add(key);
      return dream;
    }
    return null;
  }

  draw(random) {
    const below = (n) => Math.floor(n * random.uniform());
    const { frame, names: before } = this.frames[below(this.frames.length)], names = new Map(before);
    const places = [...names.keys()], exchanged = Math.min(random.uniform() < TWO ? 2 : 1, places.length - 1);
    for (let i = 0; i < exchanged; i++) {
      const [place] = places.splice(below(places.length), 1);
      names.set(place, chosen(this.fillers.get(place).names, this.chances(place, names), random));
    }
    return filled(frame, names);
  }

  /** How likely each filler of a place is, beside the other parts, unnormalised. */
  chances(place, names) {
    const { names: options, weights } = this.fillers.get(place);
    const stay = [...names].filter(([other]) => other !== place).map(([, name]) => this.companions.get(name));
    return options.map((option, i) => {
      const own = this.companions.get(option);
      return weights[i] * Math.sqrt(stay.reduce((sum, company) => sum + common(own, company), 1));
    });
  }

  /** Whether it is a known character's, however either is spelled. */
  isKnown(description) {
    return this.keys(description).some((key) => this.known.has(key));
  }

  /** Texts that two descriptions share if they are the same: names spelled as usual, and as they are spelled here. */
  keys(description) {
    return description.operator ? [this.key(byNames(description)), this.key(asSpelled(description))] : [];
  }

  /** Its text with all names spelled, as far as they have parts, and rows of a kind as one. */
  key({ name, operator, parts }, depth = DEEPEST) {
    if (!operator) {
      const form = canonical(name), spelled = depth && this.spellings.get(form);
      return spelled ? kept(this.spelled, `${depth} ${form}`, () => this.key(spelled, depth - 1)) : form || "？";
    }
    const sign = ROWS[operator] ?? operator, keys = parts.map((part) => this.key(part, depth));
    return `${sign}(${keys.map((key) => (NESTED.includes(sign) && key.startsWith(sign) ? key.slice(2, -1) : key)).join()})`;
  }
}

/** Spelled only as far as parts have no name; the root always. */
const byNames = ({ operator, parts }) => ({
  name: "", operator, parts: parts.map((part) => (part.name ? leaf(part.name) : byNames(part))),
});

/** Spelled as far as its parts are spelled by parts that have names. */
const asSpelled = ({ operator, parts }) => ({
  name: "", operator,
  parts: parts.map((part) => (part.operator && (!part.name || byParts(part)) ? asSpelled(part) : leaf(part.name))),
});

/** Whether its parts, spelled only as far as they have no name, all have names that are no strokes. */
const byParts = ({ parts }) => parts.length > 0 && parts.every((part) => (part.name ? !isStroke(part.name) : byParts(part)));

/** The parts that may be exchanged, by place: those with a name that are no single stroke, not written over others. */
function named(description) {
  const found = placed(description).filter(({ name, above }) => name && !isStroke(name) && above && above !== OVER);
  return new Map(found.map(({ name, place }) => [place, name]));
}

function filled({ name, operator, parts }, names, place = "") {
  if (!operator) return leaf(names.get(place) ?? name);
  return { name: "", operator, parts: parts.map((part, slot) => filled(part, names, place + operator + slot)) };
}

/** How a name is usually spelled, of those whose parts all have names that are no strokes. */
function spellings(training) {
  const often = new Map(), seen = new Map(), trees = new Map(), todo = [...training];
  while (todo.length) {
    const one = todo.pop();
    count(often, one);
    todo.push(...one.parts);
  }
  for (const [one, times] of often) {
    if (!one.name || !byParts(one)) continue;
    const tree = byNames(one), spelled = text(tree);
    trees.set(spelled, tree);
    count(kept(seen, canonical(one.name), () => new Map()), spelled, times);
  }
  const usual = ([a, n], [b, m]) => m - n || byCodePoint(b, a);
  return new Map([...seen].map(([name, many]) => [name, trees.get([...many].sort(usual)[0][0])]));
}

/** Rarer ones come somewhat more often than they do: a count to the power of 3/4, which square roots round alike. */
function weighted(many) {
  const names = [...many.keys()].sort(byCodePoint);
  return { names, weights: names.map((name) => Math.sqrt(many.get(name)) * Math.sqrt(Math.sqrt(many.get(name)))) };
}

function chosen(options, chances, random) {
  let left = random.uniform() * chances.reduce((sum, chance) => sum + chance, 0);
  const i = chances.findIndex((chance) => (left -= chance) < 0);
  return options.at(i); // the last one where rounding leaves none
}

function common(one, other) {
  const [few, many] = one.size < other.size ? [one, other] : [other, one];
  let found = 0;
  for (const each of few) if (many.has(each)) found++;
  return found;
}

/** What a map holds, or else what is made now. */
function kept(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}

const count = (many, key, times = 1) => many.set(key, (many.get(key) ?? 0) + times);
