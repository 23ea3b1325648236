import type { FromHost } from "../host/host-protocol.ts";

/** What the runner process knows of an attempt in a host. */
interface KnownAttempt {
  /** Undefined while no thread has it. */
  readonly thread: object | undefined;
}

/**
 * Returns the part of a message that its host may send: about waiting attempts in it, that a thread has them or none will,
 * and about attempts in its threads everything else. Undefined when nothing is left. So task code that writes messages of
 * its host reaches the attempts in that host alone, and no attempt is lost from the runner's book without an end.
 *
 * @param find - The attempt with this id, if the host has it.
 */
export function ownPart(
  message: FromHost,
  find: (attemptId: string) => KnownAttempt | undefined,
): FromHost | undefined {
  const waits = (attemptId: string) => {
    const attempt = find(attemptId);
    return attempt !== undefined && attempt.thread === undefined;
  };
  switch (message.type) {
    case "taken":
      return { ...message, attempts: message.attempts.filter(([attemptId]) => waits(attemptId)) };
    case "withdrawn":
      return { ...message, attemptIds: message.attemptIds.filter(waits) };
    case "ready":
    case "pong":
    case "worn":
    case "stuck":
    case "clogged":
      return message;
    default:
      return find(message.attemptId)?.thread === undefined ? undefined : message;
  }
}
