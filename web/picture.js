// A character as a file: SVG as pipeline/render.py writes it, still or drawn stroke by stroke, and PNG.
import { Ink } from "./ink.js";

export const number = (value) => String(Math.round(value * 100) / 100 + 0);
export const escape = (text) => text.replace(/&/g, "&amp;").replace(/[<]/g, "&lt;").replace(/>/g, "&gt;");
const STYLE =
  "<style>@media (prefers-reduced-motion:no-preference){.fk-line{stroke-dasharray:1 1.1;stroke-dashoffset:1.05;" +
  "animation:fk-draw linear forwards}.fk-dot{opacity:0;animation:fk-show step-end forwards}}" +
  "@keyframes fk-draw{to{stroke-dashoffset:0}}@keyframes fk-show{to{opacity:1}}</style>";

/** told: see state.js; a description and how it reads are kept as the picture's title. */
export function svg(strokes, data, animate = false, told = null) {
  const w = number(data.width), h = number(data.height), side = Math.max(data.width, data.height);
  let clock = 0;
  const paths = strokes.map((stroke, i) => {
    const [first, ...rest] = stroke.map(([x, y]) => `${number(x)},${number(y)}`);
    let motion = "";
    if (animate) {
      const length = stroke.slice(1).reduce((sum, p, j) => sum + Math.hypot(p[0] - stroke[j][0], p[1] - stroke[j][1]), 0);
      const seconds = Math.max(length / (1.1 * side), 0.05), kind = length ? 'class="fk-line" pathLength="1"' : 'class="fk-dot"';
      motion = `${kind} style="animation-delay:${number(clock)}s;animation-duration:${number(seconds)}s" `;
      clock += seconds + 0.15;
    }
    return `<path id="s${i + 1}" ${motion}d="M${first}${rest.length ? `L${rest.join(" ")}` : "h0"}"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">`,
    ...(told ? [`<title>${escape(`${told.description} ${told.english}`)}</title>`] : []),
    ...(data.licence ? [`<metadata>${escape(data.licence)}</metadata>`] : []),
    ...(animate ? [STYLE] : []),
    `<g fill="none" stroke="#000000" stroke-width="${number((3 * side) / 109)}" stroke-linecap="round" stroke-linejoin="round">`,
    ...paths, "</g>", "</svg>", "",
  ].join("\n");
}

/** Ink on white, 1024 pixels wide. */
export async function png(strokes, data) {
  const canvas = new OffscreenCanvas(1024, Math.round((1024 * data.height) / data.width)), context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(1024 / data.width, 1024 / data.width);
  context.fillStyle = "#000";
  const ink = new Ink(canvas, data), side = Math.max(data.width, data.height);
  for (const stroke of strokes) ink.print(context, ink.prints(stroke, side), side / 109);
  return canvas.convertToBlob({ type: "image/png" });
}

export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
