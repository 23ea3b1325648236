import { getHeapStatistics } from "node:v8";
import type { ThreadUsage } from "./thread-protocol.ts";

/** Attempts shorter than this are not measured. */
const measuredMs = 50;
/** Only newer versions of Node.js can tell the processor time of one thread. */
const threadCpuUsage: (() => NodeJS.CpuUsage) | undefined = (
  process as { threadCpuUsage?: () => NodeJS.CpuUsage }
).threadCpuUsage?.bind(process);

/** Measures what the attempts of this thread use. */
export class UsageMeter {
  #cpuMicrosBefore = 0;

  /** An attempt begins. */
  begin(): void {
    this.#cpuMicrosBefore = cpuMicros() ?? 0;
  }

  /** What the attempt used until now; undefined for one that was too short to measure. */
  read(activeMs: number): ThreadUsage | undefined {
    if (activeMs < measuredMs) return undefined;
    const { used_heap_size: heapBytes, external_memory: externalBytes } = getHeapStatistics();
    const cpu = cpuMicros();
    const cpuMs = cpu === undefined ? undefined : (cpu - this.#cpuMicrosBefore) / 1000;
    return { heapBytes, externalBytes, cpuMs };
  }
}

function cpuMicros(): number | undefined {
  if (threadCpuUsage === undefined) return undefined;
  const { system, user } = threadCpuUsage();
  return system + user;
}
