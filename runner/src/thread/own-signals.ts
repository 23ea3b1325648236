import { constants } from "node:os";

/**
 * Ends only the thread when its code sends a signal to its own process or group, as `process.exit` does; the signal
 * would end the attempts of all threads. Signal 0 is still sent, because it only checks that a process exists.
 * @param onSignal - called before the exit; its exception keeps the thread alive
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
