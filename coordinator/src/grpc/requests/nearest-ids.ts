import { distance } from "fastest-levenshtein";

/** Ids that a hint names, at most. */
const maxHints = 3;

/** Returns ids that look like `id`, nearest first: at most three, none that differs in more than a third of it. */
export function nearestIds(id: string, known: readonly string[]): readonly string[] {
  const limit = Math.max(2, Math.floor(id.length / 3));
  return known
    .filter((candidate) => Math.abs(candidate.length - id.length) <= limit)
    .map((candidate) => ({ candidate, distance: distance(id, candidate) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, maxHints)
    .map(({ candidate }) => candidate);
}
