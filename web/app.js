// The page, put together. Where what lives:
//   sheet.js     the sheet of new characters        cell.js      one character's place on the page
//   desk.js      the pad, and six ways to go on     pointer.js   which of several pointers draws
//   detail.js    the dialog of one character        picture.js   a character as SVG and PNG
//   kanjivg.js   a character in KanjiVG's form      font.js      a sheet as a font
//   origin.js    what such files say of their origin
//   settings.js  seed, temperatures, how it dreams  link.js      the address that brings them back
//   describe.js  the field for a description        palette.js   its keys, found by names.js
//   reading.js   a description as the user reads it
//   clouds.js    what the net foresees, shown       ink.js       strokes on a canvas
//   state.js     what all go by                     document.js  elements, data that came along, the status line
//   client.js    the worker, as the page sees it    words.js     what the page says, in two languages
// All work on the net is in worker.js, and what that imports.
import { label } from "./cell.js";
import { ask, hire } from "./client.js";
import { bindDescribe, offer, put, reword } from "./describe.js";
import { bindDesk, drawn, goOn, inks as deskInks, layOut, openLinked, relabel, ways } from "./desk.js";
import { bindDetail, inks as detailInks, makeLarge, open } from "./detail.js";
import { $, part, say } from "./document.js";
import { fromLink } from "./link.js";
import { identify } from "./origin.js";
import { anySeed, bindSettings, showSettings } from "./settings.js";
import { bindSheet, characters, firstInk, renew } from "./sheet.js";
import { planned, state } from "./state.js";
import { resample } from "./strokes.js";
import { otherLanguage, speak, word } from "./words.js";

const SHOWN = /^\s*\{\s*"format"\s*:\s*"fake-kanji exemplars"/;

/** The whole page anew with the net of a file; name: the user's; exemplars(): the text of its exemplars. A file that is
 * no net is told and changes nothing. */
async function use(text, name, exemplars) {
  try {
    state.net = await ask("net", { text });
    state.net.id = firstInk.then(() => identify(text)); // not before it, which it would hold up
    performance.mark("net read");
  } catch (error) {
    return say(word(error.code === "other" ? "other_file" : error.code));
  }
  state.settings = { ...temperatures(state.net.sample), ...fromLink().settings };
  const wanted = planned() || $("description").value.trim() ? null : firstInk; // what needs none does not wait for them
  if (state.net.exemplars) supply(exemplars, wanted);
  const offered = offer();
  makeLarge();
  describeNet();
  renew();
  await offered;
  showSettings();
  layOut();
  if (name) say(word("loaded", name));
}

/** exemplars(): a promise of their text; without it the net is shown nothing. moment: before which they would take time
 * from the writing. */
async function supply(exemplars, moment) {
  const { net } = state;
  await moment;
  const text = await exemplars().catch(() => null);
  if (net === state.net) await ask("exemplars", { text });
}

/** Files of the user's: a net, its exemplars, or both. */
async function take(files) {
  const read = await Promise.all([...files].map(async (file) => ({ name: file.name, text: await file.text() })));
  const shown = read.find(({ text }) => SHOWN.test(text)), net = read.find((each) => each !== shown);
  const exemplars = async () => shown?.text ?? null;
  if (net) return use(net.text, net.name, exemplars);
  if (!shown || !state.net?.exemplars) return shown && say(word("otherExemplars"));
  await supply(exemplars);
  await offer();
  renew();
  goOn();
}

function temperatures({ pen_temperature = 1, mixture_temperature = 0.25, width_temperature = 0.25 } = {}) {
  return { pen: pen_temperature, mixture: mixture_temperature, width: width_temperature };
}

function describeNet() {
  const { net } = state, lost = net?.scores ? net.scores.lost.toFixed(4) : null;
  $("net").textContent = net ? word("net", net.model.layers, net.model.hidden_size, lost) : "";
}

function talk(language) {
  speak(language);
  $("language").textContent = word("language");
  $("language").lang = otherLanguage();
  describeNet();
  characters().forEach(label);
  relabel();
  reword();
}

function bindFiles() {
  const dropping = (on) => document.body.classList.toggle("dropping", on);
  $("file").onchange = () => take($("file").files).then(() => ($("file").value = ""));
  addEventListener("dragover", (event) => (event.preventDefault(), dropping(true)));
  addEventListener("dragleave", () => dropping(false));
  addEventListener("drop", (event) => (event.preventDefault(), dropping(false), take(event.dataTransfer.files)));
}

function repaint() {
  for (const ink of [...deskInks(), ...detailInks(), ...characters().map((each) => each.ink)])
    if (ink?.canvas.isConnected) ink.paint(ink.ended ? 0 : Infinity);
}

async function main() {
  hire((code) => say(word(code)));
  bindSheet(open);
  bindDesk(open);
  bindDetail(firstInk);
  bindDescribe(() => (showSettings(), goOn()));
  bindSettings(() => state.net && (renew(), goOn()), renew);
  bindFiles();
  $("language").onclick = () => talk(otherLanguage());
  talk(navigator.language.startsWith("ja") ? "ja" : "en");
  addEventListener("resize", repaint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  const linked = fromLink(); // before the settings are written there
  state.seed = linked.seed ?? anySeed();
  state.dream = linked.dream ?? state.dream;
  put(linked.description);
  const all = () => ({ ...state, strokes: drawn(), sheet: characters(), variants: ways(), resample });
  globalThis.fakeKanji = { ask, state: all }; // for tests and benchmarks
  try {
    await use(await part("fk-net", "net.json"), "", () => part("fk-exemplars", "net.exemplars.json"));
    if (state.net) openLinked({ ...linked, seed: state.seed });
  } catch {
    say(word("noNet"));
  }
}

main();
