// The seed, the temperatures and how the sheet dreams, as the user sets them; the address follows, so that it brings the
// same page back.
import { $ } from "./document.js";
import { toLink } from "./link.js";
import { SEEDS, state, TEMPERATURES } from "./state.js";

const said = (value) => value.toFixed(2);
const fields = () => TEMPERATURES.map((name) => {
  const input = $("settings").elements[name];
  return { name, input, output: input.parentElement.querySelector("output") };
});

export const anySeed = () => Math.floor(Math.random() * SEEDS);

export function showSettings() {
  for (const { name, input, output } of fields()) {
    input.value = state.settings[name];
    output.textContent = said(state.settings[name]);
  }
  $("seed").value = state.seed;
  $("dreaming").hidden = !state.net?.parts?.dreams;
  $("dream").value = state.dream;
  history.replaceState(null, "", toLink());
}

/** changed(): what is to be done with a new value; redreamt(): with another way to dream. */
export function bindSettings(changed, redreamt) {
  const set = (values, then = changed) => {
    Object.assign(state, values);
    showSettings();
    then();
  };
  $("dream").onchange = () => set({ dream: $("dream").value }, redreamt);
  $("fresh").onclick = () => set({ seed: anySeed() });
  $("seed").onchange = () => set({ seed: Math.min(SEEDS - 1, Math.max(0, Math.floor(+$("seed").value || 0))) });
  $("settings").onsubmit = (event) => event.preventDefault();
  for (const { name, input, output } of fields()) {
    input.oninput = () => (output.textContent = said(+input.value));
    input.onchange = () => set({ settings: { ...state.settings, [name]: +input.value } });
  }
}
