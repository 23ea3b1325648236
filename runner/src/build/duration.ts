const unitMs = { w: 604_800_000, d: 86_400_000, h: 3_600_000, hr: 3_600_000, m: 60_000, s: 1_000 } as const;
const wholeGrammar = /^(?:\d+(?:w|d|hr|h|m|s))+$/;
const part = /(\d+)(w|d|hr|h|m|s)/g;
const maxDurationLength = 100;

/**
 * Reads a duration string (spec 9.1) such as `"30s"` or `"1h52m18s"`: digits and a unit of `w d h hr m s`, in any
 * order, at most 100 characters. A unit given twice counts once, with its first value.
 *
 * @returns milliseconds; undefined when the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > maxDurationLength || !wholeGrammar.test(text)) return undefined;
  const seen = new Map<number, number>();
  for (const [, digits, unit] of text.matchAll(part)) {
    const factor = unitMs[unit as keyof typeof unitMs];
    if (!seen.has(factor)) seen.set(factor, Number(digits));
  }
  let total = 0;
  for (const [factor, count] of seen) total += factor * count;
  return Number.isSafeInteger(total) ? total : undefined;
}
