// Bytes of a TrueType font, big-endian as all of it is: numbers, one glyph, and the file of its tables (OpenType 1.9).

export const u16 = (...values) => values.flatMap((v) => [(v >> 8) & 255, v & 255]); // also of numbers with a sign
export const u32 = (...values) => values.flatMap((v) => u16(v >>> 16, v));
export const tag = (text) => [...text].map((c) => c.charCodeAt(0));

const CHECKSUM = 0xb1b0afba;
const ON = 1, SHORT_X = 2, SHORT_Y = 4, SAME_X = 16, SAME_Y = 32, OVERLAP = 64;

/** Contours of points [x, y, on] -> { bytes, box: [left, bottom, right, top], points }; overlap: whether they lie over
 * one another. */
export function glyph(contours, overlap) {
  const rounded = contours.map((contour) => whole(contour)), points = rounded.flat();
  if (!points.length) return { bytes: [], box: null, points: 0, contours: 0 };
  const [xs, ys] = [0, 1].map((k) => points.map((point) => point[k]));
  const box = [least(xs), least(ys), -least(xs.map((x) => -x)), -least(ys.map((y) => -y))];
  let last = -1;
  const ends = rounded.map((contour) => (last += contour.length));
  const [x, y] = [along(xs, SHORT_X, SAME_X), along(ys, SHORT_Y, SAME_Y)];
  const flags = points.map(([, , on], i) => (on ? ON : 0) | x.flags[i] | y.flags[i] | (overlap && !i ? OVERLAP : 0));
  const bytes = [...u16(contours.length, ...box, ...ends, 0), ...flags, ...x.bytes, ...y.bytes];
  while (bytes.length % 4) bytes.push(0);
  return { bytes, box, points: points.length, contours: contours.length };
}

/** On whole units, without points that then lie on the one before. */
function whole(contour) {
  const rounded = contour.map(([x, y, on]) => [Math.round(x), Math.round(y), on]);
  const kept = rounded.filter(([x, y, on], i) => {
    const [bx, by, before] = rounded.at(i - 1);
    return x !== bx || y !== by || on !== before;
  });
  return kept.length ? kept : rounded.slice(0, 1);
}

/** Coordinates as differences, in one byte where that holds them. */
function along(values, short, same) {
  const flags = [], bytes = [];
  values.forEach((value, i) => {
    const step = value - (i ? values[i - 1] : 0);
    if (!step) return flags.push(same);
    if (Math.abs(step) > 255) return flags.push(0), bytes.push(...u16(step));
    flags.push(short | (step > 0 ? same : 0));
    bytes.push(Math.abs(step));
  });
  return { flags, bytes };
}

const least = (values) => values.reduce((a, b) => Math.min(a, b));

/** { tag: bytes } -> the file. */
export function file(tables) {
  const tags = Object.keys(tables).sort(), search = 2 ** Math.floor(Math.log2(tags.length));
  const head = u16(1, 0, tags.length, 16 * search, Math.log2(search), 16 * (tags.length - search));
  const out = new Uint8Array(12 + tags.reduce((size, name) => size + 16 + padded(tables[name].length), 0));
  let at = 12 + 16 * tags.length;
  tags.forEach((name, i) => {
    out.set(tables[name], at);
    head.push(...tag(name), ...u32(sum(out.subarray(at, at + padded(tables[name].length))), at, tables[name].length));
    at += padded(tables[name].length);
  });
  out.set(head);
  const offset = new DataView(out.buffer).getUint32(12 + 16 * tags.indexOf("head") + 8);
  out.set(u32((CHECKSUM - sum(out)) >>> 0), offset + 8); // where the table head had 0
  return out;
}

const padded = (size) => 4 * Math.ceil(size / 4);

function sum(bytes) {
  let found = 0;
  for (let i = 0; i < bytes.length; i += 4) found = (found + (((bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3]) >>> 0)) >>> 0;
  return found;
}
