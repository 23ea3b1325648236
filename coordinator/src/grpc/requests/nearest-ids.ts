/** Ids that a hint names, at most. */
const maxHints = 3;

/** The ids that look like `id`, nearest first: at most three, none that differs in more than a third of it. */
export function nearestIds(id: string, known: readonly string[]): readonly string[] {
  const limit = Math.max(2, Math.floor(id.length / 3));
  return known
    .map((candidate) => ({ candidate, distance: editDistance(id, candidate, limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, maxHints)
    .map(({ candidate }) => candidate);
}

/** How many characters must be added, removed or replaced; anything above `limit` may be answered with more than it. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    if (Math.min(...row) > limit) return limit + 1;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
