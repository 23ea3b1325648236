/** Into how many parts the queues are divided, for the day when several coordinators share them. */
export const partitionCount = 64;

/** The part that a queue belongs to: FNV-1a over its UTF-16 units. Stored with each run, so it must never change. */
export function partitionOf(queue: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < queue.length; index += 1) {
    hash = Math.imul(hash ^ queue.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % partitionCount;
}
