import type { Clock } from "@baton/proto/clock";
import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import { OncePerTurn } from "@baton/proto/once-per-turn";
import { payloadLength } from "../engine/payload-cache.ts";
import type { Assignment, Dispatch, RunnerLink } from "./runner-link.ts";

/** The most characters of payload in one message; a larger payload is sent alone. Far below the limit of gRPC. */
export const dispatchPayloadLength = 4 * 1024 * 1024;

/** Characters of unread payload at which a runner gets no more assignments; further runs go back to their queues. */
export const maxUnreadLength = 16 * 1024 * 1024;

/**
 * How long the confirmation of an ended attempt waits for another message to the runner, in milliseconds. Nobody waits for it: the
 * runner only keeps the outcome until then. A message of its own for each run of 10 ms is a fourth of all messages.
 */
export const settleDelayMs = 20;

interface Unconfirmed {
  readonly sequence: number;
  /** Monotonic milliseconds. */
  readonly sentAt: number;
  readonly assignments: readonly { readonly runId: RunId; readonly attemptId: AttemptId }[];
}

/** Gathers messages for one runner until a flush or the end of the turn, then sends them as numbered dispatches. */
export class RunnerOutbox {
  readonly #link: RunnerLink;
  #assignments: Assignment[] = [];
  #gatheredLength = 0;
  #cancels: Dispatch["cancels"][number][] = [];
  #settled: AttemptId[] = [];
  #stops: AttemptId[] = [];
  readonly #clock: Clock;
  readonly #flushing: OncePerTurn;
  #cancelSettling: (() => void) | undefined;
  #isClosed = false;
  #sequence = 0;
  #unconfirmed: Unconfirmed[] = [];

  constructor(link: RunnerLink, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
    this.#flushing = new OncePerTurn(() => this.#flush(), clock);
  }

  /** Whether the runner gets no further assignments until it has read more. */
  get isFull(): boolean {
    return this.#link.unreadLength + this.#gatheredLength >= maxUnreadLength;
  }

  assign(assignment: Assignment): void {
    this.#assignments.push(assignment);
    this.#gatheredLength += payloadLength(assignment);
    this.#schedule();
  }

  cancel(cancel: Dispatch["cancels"][number]): void {
    this.#cancels.push(cancel);
    this.#schedule();
  }

  /** Confirms the outcome of an attempt with the next message, or alone after `settleDelayMs`. */
  settle(attemptId: AttemptId): void {
    this.#settled.push(attemptId);
    this.#cancelSettling ??= this.#clock.setTimer(settleDelayMs, () => this.#schedule());
  }

  stop(attemptId: AttemptId): void {
    this.#stops.push(attemptId);
    this.#schedule();
  }

  /** Notes that the runner received every dispatch up to this number. */
  confirm(sequence: number): void {
    while ((this.#unconfirmed[0]?.sequence ?? Number.POSITIVE_INFINITY) <= sequence) this.#unconfirmed.shift();
  }

  /** Removes and returns unconfirmed assignments that were sent before `sentBefore` (monotonic milliseconds). */
  takeOverdue(sentBefore: number): readonly { readonly runId: RunId; readonly attemptId: AttemptId }[] {
    const overdue: { readonly runId: RunId; readonly attemptId: AttemptId }[] = [];
    while ((this.#unconfirmed[0]?.sentAt ?? Number.POSITIVE_INFINITY) < sentBefore) {
      overdue.push(...(this.#unconfirmed.shift()?.assignments ?? []));
    }
    return overdue;
  }

  /** Counts unconfirmed assignments as sent this many milliseconds later. */
  postpone(byMs: number): void {
    this.#unconfirmed = this.#unconfirmed.map((one) => ({ ...one, sentAt: one.sentAt + byMs }));
  }

  /** Sends the gathered messages. */
  flush(): void {
    this.#flushing.runNow();
  }

  /** Stops sending. */
  close(): void {
    this.#isClosed = true;
    this.#cancelSettling?.();
  }

  #schedule(): void {
    if (!this.#isClosed) this.#flushing.plan();
  }

  #flush(): void {
    if (this.#isClosed) return;
    this.#cancelSettling?.();
    this.#cancelSettling = undefined;
    const parts = splitByPayload(this.#assignments);
    const last = parts.pop() ?? [];
    const rest = { cancels: this.#cancels, settledAttemptIds: this.#settled, stopAttemptIds: this.#stops };
    this.#assignments = [];
    this.#gatheredLength = 0;
    this.#cancels = [];
    this.#settled = [];
    this.#stops = [];
    // Assignments go first, so that a cancellation or stop never overtakes its own attempt.
    for (const assignments of parts) this.#send({ assignments, ...nothingElse });
    this.#send({ assignments: last, ...rest });
  }

  #send(content: Omit<Dispatch, "sequence">): void {
    this.#sequence += 1;
    const dispatch: Dispatch = { sequence: this.#sequence, ...content };
    if (dispatch.assignments.length > 0) {
      this.#unconfirmed.push({
        sequence: this.#sequence,
        sentAt: this.#clock.monotonicNow(),
        assignments: dispatch.assignments.map(({ run, attempt }) => ({ runId: run.id, attemptId: attempt.id })),
      });
    }
    this.#link.dispatch(dispatch);
  }
}

const nothingElse = { cancels: [], settledAttemptIds: [], stopAttemptIds: [] } as const;

function splitByPayload(assignments: readonly Assignment[]): Assignment[][] {
  const parts: Assignment[][] = [];
  let part: Assignment[] = [];
  let length = 0;
  for (const assignment of assignments) {
    const added = payloadLength(assignment);
    if (part.length > 0 && length + added > dispatchPayloadLength) {
      parts.push(part);
      part = [];
      length = 0;
    }
    part.push(assignment);
    length += added;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
