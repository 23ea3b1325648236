/** Terminals with this many columns or more show whole ids. */
const roomForWholeIds = 100;
/**
 * Length of a shortened id: "run_", the time in milliseconds, and enough random characters to tell runs of one millisecond
 * apart.
 */
const shortLength = 17;
/** Number of characters that a shortened id has beyond those that it shares with another one. */
const spareLength = 3;

/** Writes the id of a run for a line of a terminal: only its beginning where there is little room. */
export function shownRunId(runId: string, columns: number | undefined): string {
  return isRoomy(columns) ? runId : runId.slice(0, shortLength);
}

/** Writes the ids of a list; their beginnings all differ. */
export function shownRunIds(runIds: readonly string[], columns: number | undefined): readonly string[] {
  if (isRoomy(columns)) return runIds;
  const sorted = [...new Set(runIds)].sort();
  const shared = sorted.map((id, place) => sharedLength(id, sorted[place + 1] ?? ""));
  const length = Math.max(shortLength, ...shared.map((count) => count + spareLength));
  return runIds.map((id) => id.slice(0, length));
}

function isRoomy(columns: number | undefined): boolean {
  return columns === undefined || columns >= roomForWholeIds;
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
