import { type LaneKey, parseLaneKey } from "../core/scheduling/lane.ts";
import type { QueueLength } from "../core/scheduling/queue-lengths.ts";

/** Returns the lengths of queues: the sums of their lanes' lengths. */
export function sumByQueue(lanes: readonly (readonly [lane: LaneKey, length: number])[]): readonly QueueLength[] {
  const lengths = new Map<string, number>();
  for (const [lane, length] of lanes) {
    const { queue } = parseLaneKey(lane);
    lengths.set(queue, (lengths.get(queue) ?? 0) + length);
  }
  return [...lengths];
}
