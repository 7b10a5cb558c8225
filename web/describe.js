// The field for a description: what the net reads in it, or what is wrong with it, and the six writings that follow.
import { ask } from "./client.js";
import { $ } from "./document.js";
import { bindPalette, layKeys } from "./palette.js";
import { showReading } from "./reading.js";
import { state } from "./state.js";

let asked = 0, answer = null;

/** The field and its palette, if the net is told of parts; what stands in it is read anew. */
export async function offer() {
  $("describe").hidden = !state.net.parts;
  state.told = null;
  layKeys();
  await read();
}

/** Into state.told; whether nothing else was asked meanwhile. */
async function read() {
  const mine = ++asked, description = $("description").value.trim();
  const found = description && state.net?.parts ? await ask("describe", { description }) : null;
  if (mine !== asked) return false;
  answer = found;
  state.told = found?.ok ? { ...found, description } : null;
  $("description").setAttribute("aria-invalid", found?.ok === false);
  showReading($("reading"), found);
  return true;
}

/** In the page's language. */
export function reword() {
  layKeys();
  showReading($("reading"), answer);
}

/** What a link names. */
export function put(description) {
  $("description").value = description;
}

/** changed(): what is to be done with another description. */
export function bindDescribe(changed) {
  bindPalette();
  $("description").oninput = async () => (await read()) && changed();
}
