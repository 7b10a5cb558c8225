// The dialog of one character: written again, beside the nearest real kanji, and as files and links to take away.
import { ask } from "./client.js";
import { chances, placed } from "./clouds.js";
import { $, part, say } from "./document.js";
import { Ink } from "./ink.js";
import { kanjivg, nameOf } from "./kanjivg.js";
import { toLink } from "./link.js";
import { madeBy } from "./origin.js";
import { png, save, svg } from "./picture.js";
import { mark, showReading } from "./reading.js";
import { state } from "./state.js";
import { word } from "./words.js";

let shown = null, large = null, kanjiRead = null;

export const inks = () => [large];

export function makeLarge() {
  large = new Ink($("large"), state.net.data);
}

/** Whether there are real kanji to compare with; the page works without. */
async function readKanji() {
  return part("fk-kanji", "kanji.json").then((text) => ask("kanji", { text })).then(() => true, () => false);
}

export async function open(cell) {
  if (!cell.steps) return;
  shown = cell;
  const name = cell.button.getAttribute("aria-label");
  $("detail-title").textContent = name;
  $("large").setAttribute("aria-label", name);
  showReading($("detail-reading"), cell.told);
  $("near").hidden = true;
  if (!$("detail").open) $("detail").showModal();
  $("detail-title").focus();
  replay();
  if (!(await kanjiRead)) return;
  const { nearest } = await ask("nearest", { steps: cell.steps });
  if (shown === cell && nearest) showNearest(nearest);
}

function showNearest({ name, distance, strokes }) {
  $("near").hidden = false;
  $("near").querySelector("figcaption").textContent = word("near", name, distance.toFixed(2));
  $("near-picture").setAttribute("aria-label", name);
  new Ink($("near-picture"), state.net.data).show(strokes);
}

async function replay() {
  const cell = shown, on = $("clouds").checked;
  $("detail-chances").hidden = !on;
  large.cloud = null;
  large.show([]);
  const asked = { steps: cell.steps, settings: state.settings, description: cell.told?.description };
  const clouds = on ? (await ask("foresee", asked)).clouds : [];
  if (shown !== cell || !$("detail").open) return;
  large.write(cell.strokes, {
    speed: on ? 0.6 : 1,
    watch(step, over) {
      if (cell.told) mark($("detail-reading"), cell.told, over ? null : cell.steps.slice(0, step));
      if (!on) return;
      const at = Math.min(step, clouds.length - 1);
      large.cloud = over ? null : placed(clouds[at], cell.steps.slice(0, at));
      chances($("detail-chances"), clouds[over ? cell.steps.length - 1 : at], cell.told);
      if (over) large.paint(Infinity);
    },
  });
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    $("detail").append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say(word("copied"));
}

const file = (ending) => `kanji-${shown.seed ?? state.seed}-${shown.number + 1}${ending}`;
function saveSvg(moving, ending) {
  save(new Blob([svg(shown.strokes, state.net.data, moving, shown.told)], { type: "image/svg+xml" }), file(ending));
}

/** Named as KanjiVG's own are, if it is of a character. */
async function saveKanjivg() {
  const cell = shown, id = `${cell.seed ?? state.seed}-${cell.number + 1}`, name = nameOf(cell.told, id);
  const place = name.startsWith("drawing-") ? file("-kanjivg.svg") : `${name}.svg`;
  save(new Blob([kanjivg(cell, state.net.data, name, await madeBy(cell))], { type: "image/svg+xml" }), place);
}

/** moment: when the real kanji may be read; before it they would take the worker's time from the writing. */
export function bindDetail(moment) {
  kanjiRead = moment.then(readKanji);
  $("replay").onclick = replay;
  $("close").onclick = () => $("detail").close();
  $("detail").onclose = () => (large?.stop(), shown?.button.focus(), (shown = null));
  $("svg").onclick = () => saveSvg(false, ".svg");
  $("moving").onclick = () => saveSvg(true, "-animated.svg");
  $("kanjivg").onclick = saveKanjivg;
  $("png").onclick = async () => save(await png(shown.strokes, state.net.data), file(".png"));
  $("copy").onclick = () => copy(svg(shown.strokes, state.net.data, false, shown.told));
  $("link").onclick = () => copy(location.href.split("#")[0] + toLink(shown));
}
