import type { AttemptUsage } from "../contract/outcome.ts";
import type { AttemptUsage as WireAttemptUsage } from "../generated/messages.ts";
import { durationToWire } from "../time.ts";

/** Converts an attempt's usage to its wire form; null when nothing was measured. */
export function attemptUsageToWire(usage: AttemptUsage | undefined): WireAttemptUsage | null {
  if (usage === undefined) return null;
  const { cpuMs, peakExternalBytes, peakHeapBytes } = usage;
  const wire: WireAttemptUsage = { cpuDuration: durationToWire(cpuMs) };
  if (peakHeapBytes !== undefined) wire.peakHeapBytes = peakHeapBytes;
  if (peakExternalBytes !== undefined) wire.peakExternalBytes = peakExternalBytes;
  return wire;
}
