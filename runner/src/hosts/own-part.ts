import type { FromHost } from "../host/host-protocol.ts";

/** What the runner process knows of an attempt in a host. */
interface KnownAttempt {
  /** Undefined while no thread took it. */
  readonly startedAt: number | undefined;
}

/**
 * The part of a host's message that it can rightly say: about attempts that it has, of waiting ones that a thread took
 * them or none will, of taken ones everything else. Undefined when nothing is left. So code that speaks for its host
 * reaches the attempts in that host and no other, and no attempt is lost from the runner's books without an end.
 *
 * @param attempts - what the host has, by attempt id
 */
export function ownPart(message: FromHost, attempts: ReadonlyMap<string, KnownAttempt>): FromHost | undefined {
  const waits = (attemptId: string) => attempts.has(attemptId) && attempts.get(attemptId)?.startedAt === undefined;
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
      return attempts.get(message.attemptId)?.startedAt === undefined ? undefined : message;
  }
}
