// A character in KanjiVG's own form, as pipeline/kanjivg/form.py writes it: groups, ids and the numbers of the strokes,
// but no types, and of a part what the net is told of it, not what is inside. A described one has its groups by the
// visits at which its strokes were written.
import { isLine, places } from "./curves.js";
import { fit } from "./fit.js";
import { beside } from "./numbering.js";
import { escape, number } from "./picture.js";

const SIDE = 109, PEN = 3, TOLERANCE = 0.2; // of a curve
const PLACES = 12; // looked at along a cubic
const NAMESPACE = "http://kanjivg.tagaini.net";
const KINDS = "element variant partial original part number tradForm radicalForm position radical phon".split(" ");
const DOCTYPE = [
  '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.0//EN" "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd" [', "<!ATTLIST g",
  `xmlns:kvg CDATA #FIXED "${NAMESPACE}"`, `${KINDS.map((kind) => `kvg:${kind} CDATA #IMPLIED`).join("\n")} >`, "<!ATTLIST path",
  `xmlns:kvg CDATA #FIXED "${NAMESPACE}"`, "kvg:type CDATA #IMPLIED >", "]>",
];
const LINES = "fill:none;stroke:#000000;stroke-width:3;stroke-linecap:round;stroke-linejoin:round;";

/** What ids and the file are named by: the code point of a described character, as KanjiVG's, else an id. */
export function nameOf(told, id) {
  const [character, ...more] = told?.groups[0][0] ?? "";
  return character && !more.length && character !== "？" ? character.codePointAt(0).toString(16).padStart(5, "0") : `drawing-${id}`;
}

/** cell: { steps, strokes, told }; data: the net's box and licence; made: by what and whom, a line. */
export function kanjivg({ steps, strokes, told }, data, name, made) {
  const curves = inBox(strokes, data).map((stroke) => fit(stroke, TOLERANCE)), comment = [made, data.licence].filter(Boolean).join("\n");
  const left = told ? spans(told, steps) : [];
  const size = `width="${SIDE}" height="${SIDE}" viewBox="0 0 ${SIDE} ${SIDE}"`;
  const { size: figures, places: at } = beside(curves.map((cubics) => places(cubics, PLACES)), SIDE, PEN);
  const numbers = at.map(([x, y], i) => `\t<text transform="matrix(1 0 0 1 ${x.toFixed(2)} ${y.toFixed(2)})">${i + 1}</text>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>', `<!--\n${comment.replaceAll("--", "- -")}\n-->`, ...DOCTYPE,
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} xmlns:kvg="${NAMESPACE}">`,
    `<g id="kvg:StrokePaths_${name}" style="${LINES}">`,
    ...body(curves.map(path), left, name), "</g>",
    `<g id="kvg:StrokeNumbers_${name}" style="font-size:${figures};fill:#808080">`, ...numbers, "</g>", "</svg>", "",
  ].join("\n");
}

/** In the middle of KanjiVG's box, which the longer side fills. */
function inBox(strokes, { width, height }) {
  const longer = Math.max(width, height), scale = SIDE / longer;
  return strokes.map((stroke) => stroke.map(([x, y]) => [scale * (x + (longer - width) / 2), scale * (y + (longer - height) / 2)]));
}

/** Groups { element, position, part, first, last } of strokes, each before those in it; a part that others interrupt is
 * several. */
export function spans({ groups, visits }, steps) {
  const leaves = []; // of each stroke
  let visit = 0;
  for (const [, , pen] of steps) {
    if (pen) leaves.push(visits[Math.min(visit, visits.length - 1)]);
    if (pen === 2) visit++;
  }
  const found = groups.flatMap(([element, position, from, to]) => {
    const runs = [];
    leaves.forEach((leaf, i) => {
      if (leaf < from || leaf > to) return;
      if (runs.at(-1)?.last === i - 1) runs.at(-1).last = i;
      else runs.push({ first: i, last: i });
    });
    return runs.map((run, i) => ({ element, position, part: runs.length > 1 ? String(i + 1) : "", ...run }));
  });
  return found.sort((a, b) => a.first - b.first || b.last - a.last); // stable: of one span the outer is first
}

/** Groups and paths as lines; the outermost group is numberless. */
function body(paths, groups, name) {
  const left = [...groups];
  let numbered = 0;
  const between = (first, last, indent) => {
    const lines = [];
    for (let at = first; at <= last; ) {
      const group = left[0]?.first === at && left[0].last <= last ? left.shift() : null;
      if (group) lines.push(indent + head(`kvg:${name}-g${++numbered}`, group), ...between(at, group.last, `${indent}\t`), `${indent}</g>`);
      else lines.push(`${indent}<path id="kvg:${name}-s${at + 1}" d="${paths[at]}"/>`);
      at = group ? group.last + 1 : at + 1;
    }
    return lines;
  };
  const last = paths.length - 1, outer = left[0]?.first === 0 && left[0].last === last ? left.shift() : {};
  return [head(`kvg:${name}`, outer), ...between(0, last, "\t"), "</g>"];
}

function head(id, group) {
  const said = ["element", "part", "position"].filter((key) => group[key]);
  return `<g ${[`id="${id}"`, ...said.map((key) => `kvg:${key}="${escape(group[key]).replaceAll('"', "&quot;")}"`)].join(" ")}>`;
}

const xy = ([x, y]) => `${number(x)},${number(y)}`;
const path = (cubics) => `M${xy(cubics[0][0])}${cubics.map((cubic) => (isLine(cubic) ? `L${xy(cubic[3])}` : `C${cubic.slice(1).map(xy).join(" ")}`)).join("")}`;
