import { getHeapStatistics } from "node:v8";
import type { ThreadUsage } from "./thread-protocol.ts";

/** Attempts shorter than this are not measured. Milliseconds of active time. */
const measuredMs = 50;
/** Only newer versions of Node.js report the processor time of one thread. */
const threadCpuUsage: (() => NodeJS.CpuUsage) | undefined = (
  process as { threadCpuUsage?: () => NodeJS.CpuUsage }
).threadCpuUsage?.bind(process);

/** Measures the usage of this thread's attempts. */
export class UsageMeter {
  #cpuMicrosBefore = 0;

  /** Notes the beginning of an attempt. */
  begin(): void {
    this.#cpuMicrosBefore = cpuMicros() ?? 0;
  }

  /** Returns the attempt's usage so far; undefined when the attempt is too short to measure. */
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
