// Parts found by character and by English name.
import { canonical } from "./description.js";

const EXACT = 0, PREFIX = 1, CONTAINED = 2, NONE = 3;

/** names: the commonest first; english: of some of them. At most `most` names, the nearer first, of equals the commoner;
 * of an empty query those that have an English name. */
export function search({ names, english }, query, most) {
  const wanted = query.normalize("NFC").trim().toLowerCase();
  if (!wanted) return names.filter((name) => english[name]).slice(0, most);
  const forms = new Set([...wanted].map(canonical));
  const found = [EXACT, PREFIX, CONTAINED].map(() => []);
  for (const name of names) found[rank(name, english[name] ?? "", wanted, forms)]?.push(name);
  return found.flat().slice(0, most);
}

function rank(name, word, wanted, forms) {
  if (forms.has(canonical(name)) || word === wanted || name.toLowerCase() === wanted) return EXACT;
  const words = [word, name.toLowerCase()];
  if (words.some((each) => each.startsWith(wanted))) return PREFIX;
  return words.some((each) => each.includes(wanted)) ? CONTAINED : NONE;
}
