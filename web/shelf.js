// The exemplars of a net. They come after it, and are read when they are first wanted.
import { readLibrary } from "./exemplars.js";

let last = null; // read; another net may be shown the same

export class Shelf {
  /** id: of the library that is wanted; missing(): what to do where it does not come, or is another. */
  constructor(id, missing) {
    Object.assign(this, { id, missing, brought: false, reading: null });
    this.text = new Promise((resolve) => (this.resolve = resolve));
  }

  /** text: of a net.exemplars.json, null for none. */
  bring(text) {
    this.brought = true;
    this.resolve(text);
  }

  /** A Library once it is there, null where it is missing. */
  get library() {
    return (this.reading ??= this.read());
  }

  async read() {
    try {
      if (last?.id !== this.id) last = await readLibrary(await this.text);
      if (last.id !== this.id) throw new Error(last.id);
      return last;
    } catch {
      this.missing();
      return null;
    }
  }
}
