import { decodeEnd, type EndOfThread } from "../thread/attempt-text.ts";
import type { FromThread, LogBatchState } from "../thread/thread-protocol.ts";

/** A checked message of a thread. The end of its attempt is decoded. */
export type ThreadMessage = Exclude<FromThread, string> | EndOfThread;

/** In UTF-16 units: above the largest output, and low enough for a frame even when every unit takes three bytes. */
const longestText = 20 * 1024 * 1024;
const longestName = 256;
const states: ReadonlySet<unknown> = new Set<LogBatchState>(["open", "cut", "last"]);

/**
 * Reads a message that a thread posts after its hello. Returns undefined for a message that only task code can have
 * posted: task code can get the port, and a message that passes must not break the host. Written by hand, because a
 * host that loads a validation library starts later.
 */
export function readThreadMessage(message: unknown): ThreadMessage | undefined {
  if (typeof message === "string") return isText(message) ? decodeEnd(message) : undefined;
  return isThreadMessage(message) ? message : undefined;
}

function isThreadMessage(message: unknown): message is Exclude<FromThread, string> {
  if (typeof message !== "object" || message === null) return false;
  const said = message as Readonly<Record<string, unknown>>;
  switch (said.type) {
    case "loading":
    case "active":
    case "canceling":
    case "flagsChanged":
    case "crowded":
    case "spoiled":
      return true;
    case "signaled":
      return isName(said.signal);
    case "measured":
      return isName(said.attemptId) && isUsage(said.usage);
    case "logs":
      return isName(said.attemptId) && states.has(said.state) && isText(said.body);
    case "lateLogs":
      return isName(said.attemptId) && isText(said.body);
    case "call":
      return isName(said.attemptId) && isCount(said.callId) && isName(said.method) && isText(said.body);
    default:
      return false;
  }
}

function isUsage(usage: unknown): boolean {
  if (typeof usage !== "object" || usage === null) return false;
  const { heapBytes, externalBytes } = usage as Readonly<Record<string, unknown>>;
  return isCount(heapBytes) && isCount(externalBytes);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.length <= longestName;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length <= longestText;
}
