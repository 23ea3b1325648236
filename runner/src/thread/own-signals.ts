import { constants } from "node:os";

/**
 * To task code its thread is its process, as `process.exit` ends the thread only. A signal that it sends to its own
 * process or group does the same, instead of ending every attempt beside it; signal 0 asks only.
 * @param onSignal - Told before; what it throws keeps the thread alive.
 */
export function containOwnSignals(onSignal: (signal: string) => void): void {
  const send = process.kill;
  const ownIds = new Set([process.pid, -process.pid, 0]);
  process.kill = function kill(pid: number, signal: NodeJS.Signals | number = "SIGTERM"): true {
    const name = typeof signal === "string" ? signal : nameOf(signal);
    if (!ownIds.has(Number(pid)) || name === undefined || !Object.hasOwn(constants.signals, name)) {
      return send.call(process, pid, signal);
    }
    onSignal(name);
    return process.exit(1);
  };
}

function nameOf(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
