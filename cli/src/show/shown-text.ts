import { randomInt } from "node:crypto";

const esc = String.fromCharCode(27);

/** Stands in Baton's own colours until they are printed. A task cannot know it, so it cannot print one. */
const mark = Array.from({ length: 4 }, () => randomInt(1_000, 10_000)).join(";");

const ownColour = `${esc}\\[${mark};([\\d;]+)m`;
const ownColours = new RegExp(ownColour, "g");
// Control characters, the separators that some terminals take for line breaks, and what reverses the text after it.
const toBeShown = new RegExp(`${ownColour}|\\r\\n|[\\p{Cc}\\u2028-\\u202e\\u2066-\\u2069]`, "gu");

/**
 * The text as a terminal may get it: control characters but line feed and tab, and marks that reverse text, are shown as
 * `\u001b`, the way JSON writes them. Doing it twice changes nothing more.
 */
export function showControls(text: string): string {
  return text.replace(toBeShown, (found) => (found.length > 1 || "\n\t".includes(found) ? found : codeOf(found)));
}

/** The same for what stands in one line: line feeds and tabs are shown too. */
export function showInLine(text: string): string {
  return showControls(text).replace(/\r?\n|\t/g, (found) => (found === "\t" ? "\\t" : "\\n"));
}

/** Puts Baton's own colours around text; they last until `asPrinted`. */
export function inColours(text: string, open: string, close: string): string {
  const marked = (codes: string): string => codes.replaceAll(`${esc}[`, `${esc}[${mark};`);
  return marked(open) + text + marked(close);
}

/** What goes to the terminal: harmless text, and the colours that are Baton's own. */
export function asPrinted(text: string): string {
  return showControls(text).replace(ownColours, `${esc}[$1m`);
}

function codeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
