import { randomInt } from "node:crypto";

const esc = String.fromCharCode(27);

/** Marks Baton's own colours until they are printed. It is random, so a task cannot print it. */
const mark = Array.from({ length: 4 }, () => randomInt(1_000, 10_000)).join(";");

const ownColour = `${esc}\\[${mark};([\\d;]+)m`;
const ownColours = new RegExp(ownColour, "g");
// Control characters, the separators that some terminals treat as line breaks, and marks that reverse the text after them.
const toBeShown = new RegExp(`${ownColour}|\\r\\n|[\\p{Cc}\\u2028-\\u202e\\u2066-\\u2069]`, "gu");

/**
 * Makes text safe for a terminal: control characters except line feed and tab, and marks that reverse text, become escapes such
 * as `\u001b`, as in JSON. A second call changes nothing.
 */
export function showControls(text: string): string {
  return text.replace(toBeShown, (found) => (found.length > 1 || "\n\t".includes(found) ? found : codeOf(found)));
}

/** Makes text safe for one line of a terminal: line feeds and tabs become escapes too. */
export function showInLine(text: string): string {
  return showControls(text).replace(/\r?\n|\t/g, (found) => (found === "\t" ? "\\t" : "\\n"));
}

/** Puts Baton's own colours around text, in the form that `asPrinted` replaces. */
export function inColours(text: string, open: string, close: string): string {
  const marked = (codes: string): string => codes.replaceAll(`${esc}[`, `${esc}[${mark};`);
  return marked(open) + text + marked(close);
}

/** Returns the text for the terminal: made safe, with Baton's own colours. */
export function asPrinted(text: string): string {
  return showControls(text).replace(ownColours, `${esc}[$1m`);
}

function codeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
