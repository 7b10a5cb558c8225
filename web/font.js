// Characters -> a font, as pipeline/font/ makes one: an em of 1,000, which the box fills and which stands on -120; each
// stroke a band of one width with round ends. What it holds is told by the OpenType specification 1.9, table for table.
import { band } from "./band.js";
import { fit } from "./fit.js";
import { file, glyph, tag, u16, u32 } from "./sfnt.js";

const EM = 1000, ASCENT = 880, DESCENT = -120;
const WIDTH = 40; // of a stroke
const TOLERANCE = 2; // of its centre line
const FRAME = [60, 20]; // margin and width of what stands for a missing glyph
const SPACES = [[0x20, EM / 4], [0x3000, EM]];
const PRIVATE = [[0xe000, 0xf8ff], [0xf0000, 0xffffd], [0x100000, 0x10fffd]]; // Unicode 23.5, in order
const CREATED = 3534105600; // seconds since 1904: 28 December 2015, the day of the post, not today's
const LICENCES = [["CC BY-SA 3.0", "https://creativecommons.org/licenses/by-sa/3.0/"]];
const ENGLISH = 0x409;

/** The code point for private use of character `number`, from 0; undefined where there are no more. */
export function privateUse(number) {
  for (const [first, last] of PRIVATE) {
    if (number <= last - first) return first + number;
    number -= last - first + 1;
  }
}

/** characters: [{ code, strokes }], each code once; data: the net's box and licence; names: { family, made }. The bytes
 * of a .ttf, the same of the same. */
export function font(characters, data, { family, made }) {
  const sorted = [...characters].sort((a, b) => a.code - b.code);
  const glyphs = [
    { ...glyph(frame(), false), width: EM },
    ...SPACES.map(([, width]) => ({ ...glyph([], false), width })),
    ...sorted.map(({ strokes }) => ({ ...glyph(inked(strokes, data), true), width: EM })),
  ];
  const codes = [...SPACES.map(([code]) => code), ...sorted.map(({ code }) => code)].map((code, i) => [code, i + 1]);
  codes.sort(([a], [b]) => a - b);
  const boxes = glyphs.flatMap(({ box }) => (box ? [box] : []));
  const around = [0, 1, 2, 3].map((k) => boxes.map((box) => box[k]).reduce((a, b) => (k < 2 ? Math.min(a, b) : Math.max(a, b))));
  return file({
    ...outlines(glyphs),
    cmap: cmap(codes),
    head: [
      ...u32(0x10000, 0x10000, 0, 0x5f0f3cf5), ...u16(3, EM), ...u32(0, CREATED, 0, CREATED), ...u16(...around, 0, 8, 2, 1, 0),
    ],
    hhea: [
      ...u32(0x10000), ...u16(ASCENT, DESCENT, EM / 2, EM, around[0], EM - Math.max(...boxes.map((box) => box[2])), around[2]),
      ...u16(1, 0, 0, 0, 0, 0, 0, 0, glyphs.length),
    ],
    hmtx: glyphs.flatMap(({ width, box }) => u16(width, box ? box[0] : 0)),
    maxp: [
      ...u32(0x10000),
      ...u16(glyphs.length, ...["points", "contours"].map((name) => Math.max(...glyphs.map((each) => each[name]))), 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    ],
    name: nameTable(names(family, made, data.licence)),
    "OS/2": os2(codes, glyphs),
    post: [...u32(0x30000, 0), ...u16(-75, 50), ...u32(0, 0, 0, 0, 0)],
  });
}

/** The outlines of a drawing's strokes, in the em. */
export function inked(strokes, { width, height }) {
  const longer = Math.max(width, height), scale = EM / longer;
  const place = ([x, y]) => [scale * (x + (longer - width) / 2), ASCENT - scale * (y + (longer - height) / 2)];
  return strokes.map((stroke) => band(fit(stroke.map(place), TOLERANCE), WIDTH / 2));
}

function frame() {
  return [FRAME[0], FRAME[0] + FRAME[1]].map((inset, i) => {
    const [low, high, left, right] = [DESCENT + inset, ASCENT - inset, inset, EM - inset];
    const corners = [[left, low], [left, high], [right, high], [right, low]].map((corner) => [...corner, true]);
    return i ? corners.reverse() : corners; // the inner one is a hole
  });
}

function outlines(glyphs) {
  let at = 0;
  const loca = [...u32(0), ...glyphs.flatMap(({ bytes }) => u32((at += bytes.length)))];
  return { glyf: glyphs.flatMap(({ bytes }) => bytes), loca };
}

// ---- which glyph a code point has

/** [code, glyph], by code -> a table of format 4 for what 16 bits hold, and one of format 12 for all. */
function cmap(codes) {
  const four = format4(codes.filter(([code]) => code < 0xffff)), twelve = format12(codes);
  return [...u16(0, 2, 3, 1), ...u32(20), ...u16(3, 10), ...u32(20 + four.length), ...four, ...twelve];
}

/** Runs [first, last, glyph of the first] in which both go on by one. */
function runs(codes) {
  const found = [];
  for (const [code, number] of codes) {
    const run = found.at(-1);
    if (run && code === run[1] + 1 && number === run[2] + code - run[0]) run[1] = code;
    else found.push([code, code, number]);
  }
  return found;
}

function format4(codes) {
  const segments = [...runs(codes), [0xffff, 0xffff, 0x10000]], n = segments.length, search = 2 ** Math.floor(Math.log2(n));
  const body = [
    ...u16(2 * n, 2 * search, Math.log2(search), 2 * (n - search)), ...u16(...segments.map(([, last]) => last)), ...u16(0),
    ...u16(...segments.map(([first]) => first)), ...u16(...segments.map(([first, , number]) => number - first)),
    ...u16(...segments.map(() => 0)),
  ];
  return [...u16(4, 6 + body.length, 0), ...body];
}

function format12(codes) {
  const groups = runs(codes);
  return [...u16(12, 0), ...u32(16 + 12 * groups.length, 0, groups.length, ...groups.flat())];
}

// ---- what it says of itself

function names(family, made, licence) {
  const id = family.replace(/[^\w-]/g, "");
  const own = [[1, family], [2, "Regular"], [3, `1.000;${id}`], [4, family], [5, "Version 1.000"], [6, `${id}-Regular`], [10, made]];
  if (!licence) return own;
  const url = LICENCES.find(([name]) => licence.includes(name))?.[1];
  return [[0, `Derived from ${licence}`], ...own, [13, licence], ...(url ? [[14, url]] : [])];
}

function nameTable(texts) {
  let at = 0;
  const strings = texts.map(([, text]) => u16(...Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))));
  const records = texts.flatMap(([id], i) => {
    const record = u16(3, 1, ENGLISH, id, strings[i].length, at);
    at += strings[i].length;
    return record;
  });
  return [...u16(0, texts.length, 6 + records.length), ...records, ...strings.flat()];
}

function os2(codes, glyphs) {
  const widths = glyphs.map(({ width }) => width), mean = Math.round(widths.reduce((a, b) => a + b) / widths.length);
  const seen = codes.map(([code]) => Math.min(code, 0xffff));
  const far = codes.some(([code]) => code > 0xffff);
  const ranges = [1, (1 << 16) | (1 << 28) | (far ? 1 << 25 : 0), far ? 1 << 26 : 0, 0]; // Latin, CJK signs, private use
  return [
    ...u16(4, mean, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 264, 0), ...Array(10).fill(0), ...u32(...ranges), ...tag("NONE"),
    ...u16(0x40, seen[0], seen.at(-1), ASCENT, DESCENT, 0, ASCENT, -DESCENT), ...u32(1, 0), ...u16(EM / 2, (EM * 3) / 4, 0, 0x20, 0),
  ];
}
