import type { AttemptUsage } from "../contract/outcome.ts";
import type { AttemptUsage as WireAttemptUsage } from "../generated/messages.ts";
import { durationToWire } from "../time.ts";

/** Writes what an attempt used for the wire; null when nothing was measured. */
export function attemptUsageToWire(usage: AttemptUsage | undefined): WireAttemptUsage | null {
  if (usage === undefined) return null;
  const { cpuMs, peakExternalBytes, peakHeapBytes } = usage;
  const wire: WireAttemptUsage = { cpuDuration: durationToWire(cpuMs) };
  if (peakHeapBytes !== undefined) wire.peakHeapBytes = peakHeapBytes;
  if (peakExternalBytes !== undefined) wire.peakExternalBytes = peakExternalBytes;
  return wire;
}
