/** Columns of a terminal from which ids are shown whole. */
const roomForWholeIds = 100;
/**
 * Characters of a shortened id: "run_", the time in milliseconds, and enough of what is random that runs of one
 * millisecond differ.
 */
const shortLength = 17;
/** Characters that a shortened id has beyond those that it shares with another one. */
const spareLength = 3;

/** The id of a run as a line of a terminal shows it: its beginning where there is little room. */
export function shownRunId(runId: string, columns: number | undefined): string {
  return isRoomy(columns) ? runId : runId.slice(0, shortLength);
}

/** The same for the rows of one list, whose beginnings all differ. */
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
