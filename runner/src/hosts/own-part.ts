import type { FromHost } from "../host/host-protocol.ts";

/** An attempt in a host, as the runner process knows it. */
interface KnownAttempt {
  /** Undefined while no thread has it. */
  readonly thread: object | undefined;
  /** Undefined while no thread has it behind others. */
  readonly following?: object | undefined;
}

/**
 * Returns the part of a message that its host may send; undefined when nothing is left. `taken` and `withdrawn` may
 * only name waiting attempts of the host, other messages only attempts in its threads. An attempt behind others may wait, be
 * taken, withdrawn or taken back, print lines and end. So task code that forges
 * messages of its host reaches only attempts in that host, and no attempt leaves the runner's book without an end.
 *
 * @param find - finds an attempt in the host by its id
 */
export function ownPart(
  message: FromHost,
  find: (attemptId: string) => KnownAttempt | undefined,
): FromHost | undefined {
  const waits = (attemptId: string) => {
    const attempt = find(attemptId);
    return attempt !== undefined && attempt.thread === undefined;
  };
  const executes = (attemptId: string) => find(attemptId)?.thread !== undefined;
  const follows = (attemptId: string) => find(attemptId)?.following !== undefined;
  switch (message.type) {
    case "taken":
      return {
        ...message,
        attempts: message.attempts.filter(([attemptId]) => waits(attemptId)),
        ...(message.following && { following: message.following.filter(([attemptId]) => waits(attemptId)) }),
      };
    case "takenBack":
      return { ...message, attemptIds: message.attemptIds.filter(follows) };
    case "withdrawn":
      return { ...message, attemptIds: message.attemptIds.filter(waits) };
    case "ready":
    case "pong":
    case "worn":
    case "stuck":
    case "clogged":
      return message;
    case "logs":
    case "ended":
      return executes(message.attemptId) || follows(message.attemptId) ? message : undefined;
    default:
      return executes(message.attemptId) ? message : undefined;
  }
}
