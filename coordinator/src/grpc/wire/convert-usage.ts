import { type AttemptUsage__Output, durationFromWire } from "@baton/proto";
import type { AttemptUsage } from "@baton/proto/contract/outcome";

/** Reads what an attempt used. */
export function attemptUsageFromWire(wire: AttemptUsage__Output): AttemptUsage {
  const measured = durationFromWire(wire.cpuDuration);
  // The figures are only displayed, so an impossible one is left out.
  const cpuMs = measured !== undefined && measured >= 0 && Number.isFinite(measured) ? measured : undefined;
  const { peakExternalBytes, peakHeapBytes } = wire;
  return {
    ...(cpuMs !== undefined && { cpuMs }),
    ...(peakHeapBytes !== undefined && { peakHeapBytes }),
    ...(peakExternalBytes !== undefined && { peakExternalBytes }),
  };
}
