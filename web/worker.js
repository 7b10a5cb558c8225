// The net at work, apart from the page. Messages in: { id, kind, ... }; out: { id, kind, ... }, see KINDS.
import { wide } from "./describer.js";
import { DescriptionError, parse, signs, text } from "./description.js";
import { groups } from "./groups.js";
import { Knowledge } from "./knowledge.js";
import { components, pen } from "./mixture.js";
import { NetError, read, tell } from "./net.js";
import { Kanji } from "./nearest.js";
import { Shelf } from "./shelf.js";
import { toStrokes } from "./strokes.js";
import { outputs, Writing } from "./writing.js";

const SLICE = 24; // milliseconds of work between looks at the messages
let net = null, kanji = null, jobs = [], running = false;
let shelf = null; // of the net's exemplars, if it is shown any

const KINDS = {
  net({ text, plain }) {
    net = read(text, plain);
    jobs = [];
    const { model, data, sample, scores, pen_weights, knows, exemplars = null } = net;
    const known = knows?.vocabulary.length > 0; // of drawings that name no components nothing is
    const parts = known ? { names: knows.vocabulary, english: knows.english, dreams: knows.canDream } : null;
    shelf = exemplars && stock(exemplars);
    return { model, data, sample, scores, pen_weights, parts, exemplars, fast: net.engine.fast };
  },
  /** The text of a net.exemplars.json, null where there is none. It is read when it is first wanted. */
  exemplars({ text }) {
    if (shelf?.brought) shelf = stock(shelf.id);
    shelf?.bring(text);
    return {};
  },
  kanji({ text }) {
    kanji = new Kanji(text);
    return { count: kanji.names.length };
  },
  /** descriptions: of each number its own, null of what is written freely; or description, the same of all. */
  write(job) {
    const { numbers, descriptions } = job, same = telling(job.description);
    const tell = descriptions ? (number) => telling(descriptions[numbers.indexOf(number)]) : () => same;
    jobs.push({ id: job.id, topic: job.topic, writing: new Writing(net, { ...job, tell }) });
    if (!running) setTimeout(work);
    running = true;
    return null;
  },
  cancel({ topic }) {
    jobs = jobs.filter((job) => job.topic !== topic);
    return null;
  },
  /** A description as the net reads it: signs of its text with the number of the part, see description.js, the parts in
   * the order of writing, how it reads in English, and its groups, see groups.js; or what is wrong with it. */
  describe({ description }) {
    try {
      return { ok: true, ...described(description) };
    } catch (error) {
      if (!(error instanceof DescriptionError)) throw error;
      const { code, values, at, read } = error;
      return { ok: false, code, values, at, read };
    }
  },
  /** New descriptions, by their numbers, as `describe` answers, null where there are no more. */
  dream({ seed, numbers }) {
    const dreams = net.knows?.dreams, found = numbers.map((number) => dreams?.dream(seed, number) ?? null);
    const spell = (name) => dreams.spellings.get(name); // parts of strokes are read as themselves
    return { dreams: found.map((one) => one && { ok: true, description: text(one), ...described(text(one), spell) }) };
  },
  /** What the net foresees before each step of a drawing and after it: ellipses in the units of the box. */
  foresee({ steps, settings, last, description }) {
    const found = outputs(net, steps, telling(description));
    return { clouds: (last ? found.slice(-1) : found).map((raw) => cloud(raw, settings)) };
  },
  outputs: ({ steps, description }) => ({ outputs: outputs(net, steps, telling(description)).map((raw) => [...raw]) }),
  /** What each visit is told, [V][numbers], for tests. */
  told({ description }) {
    const encoded = net.knows.encode(net.knows.read(description)), told = net.describer.told(encoded);
    const V = encoded.parts.length, columns = wide(V);
    return { told: Array.from({ length: V }, (_, v) => [...told].filter((_, i) => i % columns === v)) };
  },
  nearest({ steps }) {
    return { nearest: kanji ? kanji.nearest(toStrokes(steps, net.data)) : null };
  },
  /** Characters a second, of `count` of them. */
  measure({ count, settings }) {
    const writing = new Writing(net, { seed: 1, settings, numbers: Array.from({ length: count }, (_, i) => i) });
    const begin = performance.now();
    let written = 0, steps = 0;
    while (!writing.done) for (const each of writing.advance()) written++, (steps += each.steps.length);
    return { rate: (1000 * written) / (performance.now() - begin), steps: steps / written };
  },
};

function described(description, spell) {
  const found = net.knows.read(description), visits = net.knows.visits(found).map(({ leaf }) => leaf);
  const english = net.knows.reading(parse(description), spell);
  return { signs: signs(found), visits, english, groups: groups(net.knows, description, found) };
}

const stock = (id) => new Shelf(id, (code) => postMessage({ kind: "error", code }));
const isTold = ({ kind, description, descriptions }) => kind === "dream" || description || descriptions?.some(Boolean);

/** Whether the net is still there once it knows its exemplars; it goes on without those that are missing. */
async function stocked() {
  const mine = net, library = shelf && (await shelf.library);
  if (mine?.knows && mine.knows.library !== library) mine.knows = new Knowledge(mine, library);
  return mine === net;
}

/** Of a description that `describe` found good; null without one. */
function telling(description) {
  return description && net.knows ? tell(net, net.knows.encode(net.knows.read(description))) : null;
}

function cloud(raw, settings) {
  const s = net.data.scale, [, lift, end] = pen(net, raw, settings.pen);
  const ellipses = components(net, raw, settings.mixture).filter((c) => c.weight > 0.004);
  const wide = Math.sqrt(settings.width);
  return {
    lift, end,
    ellipses: ellipses.map((c) => ({ ...c, x: c.x * s, y: c.y * s, sx: c.sx * s * wide, sy: c.sy * s * wide })),
  };
}

function work() {
  const until = performance.now() + SLICE;
  while (jobs.length && performance.now() < until) {
    const job = jobs[0], characters = job.writing.advance();
    if (characters.length) postMessage({ id: job.id, kind: "written", topic: job.topic, characters });
    if (job.writing.done) jobs.shift();
  }
  running = jobs.length > 0;
  if (running) setTimeout(work);
}

self.onmessage = async ({ data: message }) => {
  try {
    if (isTold(message) && !(await stocked())) return; // nobody waits for an answer of another net
    const answer = KINDS[message.kind](message);
    if (answer) postMessage({ id: message.id, kind: "answer", ...answer });
  } catch (error) {
    const known = error instanceof NetError;
    postMessage({ id: message.id, kind: "error", code: known ? error.code : "damaged", detail: error.detail ?? error.message });
  }
};
