import {
  type AttemptUsage__Output,
  durationFromWire,
  durationToWire,
  type AttemptUsage as WireAttemptUsage,
} from "@baton/proto";
import type { AttemptUsage } from "../../core/life/attempt.ts";

/** What an attempt used, for the wire; nothing when nothing was measured. */
export function attemptUsageToWire(usage: AttemptUsage | undefined): WireAttemptUsage | null {
  if (usage === undefined) return null;
  const { cpuMs, peakExternalBytes, peakHeapBytes } = usage;
  const wire: WireAttemptUsage = { cpuDuration: durationToWire(cpuMs) };
  if (peakHeapBytes !== undefined) wire.peakHeapBytes = peakHeapBytes;
  if (peakExternalBytes !== undefined) wire.peakExternalBytes = peakExternalBytes;
  return wire;
}

/** What a runner reports that an attempt used. */
export function attemptUsageFromWire(wire: AttemptUsage__Output): AttemptUsage {
  const measured = durationFromWire(wire.cpuDuration);
  // A figure to show, and nothing depends on it: one that cannot be is left out.
  const cpuMs = measured !== undefined && measured >= 0 && Number.isFinite(measured) ? measured : undefined;
  const { peakExternalBytes, peakHeapBytes } = wire;
  return {
    ...(cpuMs !== undefined && { cpuMs }),
    ...(peakHeapBytes !== undefined && { peakHeapBytes }),
    ...(peakExternalBytes !== undefined && { peakExternalBytes }),
  };
}
