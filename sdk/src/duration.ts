const unitSeconds: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3_600, hr: 3_600, m: 60, s: 1 };

/**
 * Reads a duration such as `"1h30m"` as milliseconds; undefined for any other text. Of a unit that comes twice the first
 * counts (spec 9.1).
 */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+(w|d|hr|h|m|s))+$/.test(text) || text.length > 100) return undefined;
  const firsts = new Map<string, number>();
  for (const [, digits, unit = ""] of text.matchAll(/(\d+)(w|d|hr|h|m|s)/g)) {
    const name = unit === "hr" ? "h" : unit;
    if (!firsts.has(name)) firsts.set(name, Number(digits));
  }
  let seconds = 0;
  for (const [unit, count] of firsts) seconds += count * (unitSeconds[unit] ?? 0);
  return seconds * 1000;
}
