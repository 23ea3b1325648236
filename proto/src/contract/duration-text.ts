const longestText = 100;
const grammar = /^(?:\d+(?:hr|[wdhms]))+$/;
const part = /(\d+)(hr|[wdhms])/g;
const unitMs = { w: 604_800_000, d: 86_400_000, h: 3_600_000, hr: 3_600_000, m: 60_000, s: 1_000 } as const;

/**
 * Reads a duration such as `"30s"` or `"1h52m18s"` (docs/tasks.md 9.1): digits and a unit of `w d h hr m s`, in any order, at most
 * 100 characters. A unit that comes twice counts once, with its first value.
 *
 * @returns milliseconds; undefined when the text is not a duration
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > longestText || !grammar.test(text)) return undefined;
  const counts = new Map<number, number>();
  for (const [, digits, unit] of text.matchAll(part)) {
    const ms = unitMs[unit as keyof typeof unitMs];
    if (!counts.has(ms)) counts.set(ms, Number(digits));
  }
  let total = 0;
  for (const [ms, count] of counts) total += ms * count;
  return Number.isSafeInteger(total) ? total : undefined;
}
