import type { Clock } from "./clock.ts";
import type { AttemptId, RunId } from "./core/run.ts";
import type { Assignment, Dispatch, RunnerLink } from "./runner-link.ts";

interface Unconfirmed {
  readonly sequence: number;
  /** Monotonic milliseconds. */
  readonly sentAt: number;
  readonly assignments: readonly { readonly runId: RunId; readonly attemptId: AttemptId }[];
}

/** What goes to one runner over one stream: gathered for a turn, sent as one message, numbered. */
export class RunnerOutbox {
  readonly #link: RunnerLink;
  readonly #clock: Clock;
  #assignments: Assignment[] = [];
  #cancels: Dispatch["cancels"][number][] = [];
  #settled: AttemptId[] = [];
  #stops: AttemptId[] = [];
  #isScheduled = false;
  #isClosed = false;
  #sequence = 0;
  #unconfirmed: Unconfirmed[] = [];

  constructor(link: RunnerLink, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
  }

  assign(assignment: Assignment): void {
    this.#assignments.push(assignment);
    this.#schedule();
  }

  cancel(cancel: Dispatch["cancels"][number]): void {
    this.#cancels.push(cancel);
    this.#schedule();
  }

  settle(attemptId: AttemptId): void {
    this.#settled.push(attemptId);
    this.#schedule();
  }

  stop(attemptId: AttemptId): void {
    this.#stops.push(attemptId);
    this.#schedule();
  }

  /** The runner has everything up to this number. */
  confirm(sequence: number): void {
    while ((this.#unconfirmed[0]?.sequence ?? Number.POSITIVE_INFINITY) <= sequence) this.#unconfirmed.shift();
  }

  /** Takes out the assignments that were sent before `sentBefore` (monotonic milliseconds) and never confirmed. */
  takeOverdue(sentBefore: number): readonly { readonly runId: RunId; readonly attemptId: AttemptId }[] {
    const overdue: { readonly runId: RunId; readonly attemptId: AttemptId }[] = [];
    while ((this.#unconfirmed[0]?.sentAt ?? Number.POSITIVE_INFINITY) < sentBefore) {
      overdue.push(...(this.#unconfirmed.shift()?.assignments ?? []));
    }
    return overdue;
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    this.#clock.soon(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    if (this.#isClosed) return;
    this.#sequence += 1;
    const dispatch: Dispatch = {
      sequence: this.#sequence,
      assignments: this.#assignments,
      cancels: this.#cancels,
      settledAttemptIds: this.#settled,
      stopAttemptIds: this.#stops,
    };
    if (dispatch.assignments.length > 0) {
      this.#unconfirmed.push({
        sequence: this.#sequence,
        sentAt: this.#clock.monotonicNow(),
        assignments: dispatch.assignments.map(({ run, attempt }) => ({ runId: run.id, attemptId: attempt.id })),
      });
    }
    this.#assignments = [];
    this.#cancels = [];
    this.#settled = [];
    this.#stops = [];
    this.#link.dispatch(dispatch);
  }
}
