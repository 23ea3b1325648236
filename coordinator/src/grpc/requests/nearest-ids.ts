import { distance } from "fastest-levenshtein";

/** The most ids that a hint names. */
const maxHints = 3;

/** Returns ids similar to `id`, nearest first: at most three, and none that differs in more than a third of `id`. */
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
