// The exemplars of a net. They come after it, and are read when they are first wanted.
import { readLibrary } from "./exemplars.js";

let last = null; // read; another net may be shown the same

export class Shelf {
  /** id: of the library that is wanted; wrong(code): tells that it does not come, or is damaged or another. */
  constructor(id, wrong) {
    Object.assign(this, { id, wrong, brought: false, reading: null });
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
    const own = last?.id === this.id ? last : null;
    if (own && !this.brought) return own;
    const text = await this.text, found = await readLibrary(text).catch(() => null);
    if (found?.id === this.id) return (last = found);
    this.wrong(text === null ? "noExemplars" : "otherExemplars");
    return own;
  }
}
