// The document: its elements by id, the data that came with it, and the line that tells the user something.

export const $ = (id) => document.getElementById(id);

/** What one file holds under an id, or else what lies beside the page. Rejected where there is none. */
export async function part(id, address) {
  if ($(id)) return $(id).textContent;
  if ($("fk-net")) throw new Error(id); // one file holds all that there is
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(address);
  return answer.text();
}

/** In the page and in the dialog, which covers the page. */
export function say(text) {
  for (const line of document.querySelectorAll("[role=status]")) line.textContent = text ?? "";
  clearTimeout(say.timer);
  if (text) say.timer = setTimeout(() => say(""), 7000);
}
