const maxLength = 100;
const grammar = /^(?:\d+(?:hr|[wdhms]))+$/;
const part = /(\d+)(hr|[wdhms])/g;
const msByUnit: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
};

/**
 * Reads a duration such as "1h52m18s" (spec 9.1): units w, d, h or hr, m, s in any order; a unit given twice counts once,
 * with its first value.
 * @returns milliseconds; `undefined` when the text is no duration
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > maxLength || !grammar.test(text)) return undefined;
  const seen = new Set<string>();
  let ms = 0;
  for (const [, digits, unit = ""] of text.matchAll(part)) {
    const name = unit === "hr" ? "h" : unit;
    if (seen.has(name)) continue;
    seen.add(name);
    ms += Number(digits) * (msByUnit[name] ?? 0);
  }
  return ms;
}
