import type { WatchRunsRequest__Output, WatchRunsResponse } from "@baton/proto";
import type { RunId } from "@baton/proto/contract/ids";
import { isFinal } from "@baton/proto/contract/run-status";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import type { RunView } from "../callers/run-queries.ts";
import type { RunWatch } from "../callers/watch-hub.ts";
import { InvalidRequestError } from "../errors.ts";
import { textLengthOf } from "../store/store.ts";
import type { AnswerAccount } from "./guard/call-guard.ts";
import type { WatchBudget } from "./guard/watch-budget.ts";
import { failStream } from "./handler.ts";
import { checkLength } from "./requests/text-limits.ts";
import type { ServiceContext } from "./service-context.ts";
import { runToWire } from "./wire/convert-run.ts";

/** The most runs on one stream that are not final, and the most runs that one message adds or removes. */
export const maxWatchedRuns = 10_000;

/** Characters of answers that one stream keeps until the caller reads them. Further changes are read again later. */
export const maxTakenLength = 1024 * 1024;

type Call = ServerDuplexStream<WatchRunsRequest__Output, WatchRunsResponse>;

/** Sends a caller the changes of many runs until the caller has closed its side and each run is final or not found. */
export function watchRuns(context: ServiceContext, call: Call, budget: WatchBudget): void {
  const watcher = new Watcher(context, call, budget);
  call.on("data", (request) => {
    try {
      watcher.request(request);
    } catch (error) {
      watcher.close();
      failStream(call, error, context);
    }
  });
  call.on("end", () => watcher.halfClosed());
  for (const event of ["cancelled", "close", "error"]) call.once(event, () => watcher.close());
}

/** Estimated characters of an answer besides its texts. */
const answerLength = 1_024;

/**
 * Open: runs are added, and their states are sent. Half-closed: no run is added; ends when none is left. Closed:
 * nothing is sent. While the caller does not read, the latest state of each run is kept here, without a queue, up to a
 * limit. Beyond it only the ids are kept, and the hub reads the states again.
 */
class Watcher {
  readonly #context: ServiceContext;
  readonly #call: Call;
  readonly #watch: RunWatch;
  /** Watched runs whose final state was not sent, with the revision that the caller named first. */
  readonly #open = new Map<RunId, number>();
  readonly #pending = new Map<RunId, RunView | undefined>();
  readonly #account: AnswerAccount;
  readonly #budget: WatchBudget;
  readonly #peer: string;
  /** Characters of answers that are kept or not sent. */
  #length = 0;
  #wake: (() => void) | undefined;
  #blocked = false;
  #halfClosed = false;
  #closed = false;

  constructor(context: ServiceContext, call: Call, budget: WatchBudget) {
    this.#context = context;
    this.#call = call;
    this.#budget = budget;
    this.#peer = call.getPeer();
    this.#account = context.answers.open(this.#peer);
    this.#watch = context.coordinator.runs.watch(
      (runId, view) => this.#tell(runId, view),
      () => this.#pace(),
    );
    call.on("drain", () => this.#flush());
  }

  request(request: WatchRunsRequest__Output): void {
    if (this.#closed) return;
    if (request.add.length > maxWatchedRuns || request.removeRunIds.length > maxWatchedRuns) return this.#refuse();
    for (const id of request.removeRunIds) this.#forget(id as RunId);
    for (const { runId, seenRevision } of request.add) {
      checkLength(runId, "add.run_id");
      if (this.#open.size >= maxWatchedRuns && !this.#open.has(runId as RunId)) {
        this.#refuse();
        return;
      }
      if (!this.#open.has(runId as RunId)) this.#budget.take(this.#peer);
      this.#open.set(runId as RunId, seenRevision);
      this.#watch.add(runId as RunId, seenRevision);
    }
    this.#endWhenDone();
  }

  halfClosed(): void {
    this.#halfClosed = true;
    this.#forgetSeenFinals().catch((error: unknown) => failStream(this.#call, error, this.#context));
    this.#endWhenDone();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.close();
    this.#budget.giveBack(this.#peer, this.#open.size);
    this.#open.clear();
    this.#pending.clear();
    this.#count(-this.#length);
    this.#wake?.();
  }

  /** Resolves when more may be read for this caller. */
  async #pace(): Promise<() => void> {
    if (this.#isFull && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#closed) return () => undefined;
    const turn = await this.#account.turn();
    return () => turn.end();
  }

  get #isFull(): boolean {
    return this.#length >= maxTakenLength || (this.#length > 0 && this.#account.isFull);
  }

  #tell(runId: RunId, view: RunView | undefined): boolean {
    if (this.#closed) return true;
    if (view !== undefined && this.#isFull) return false;
    this.#count(lengthOf(view) - this.#pendingLength(runId));
    this.#pending.set(runId, view);
    if (!this.#blocked) this.#flush();
    return true;
  }

  #flush(): void {
    this.#blocked = false;
    for (const [runId, view] of this.#pending) {
      this.#pending.delete(runId);
      const answer = view === undefined ? { notFound: runId } : { run: runToWire(view) };
      const length = lengthOf(view);
      this.#blocked = !this.#call.write(answer, () => this.#hasLeft(length));
      // Nothing follows a final state, so the run no longer counts on this stream.
      if (view === undefined || isFinal(view.run.status)) this.#forget(runId);
      if (this.#blocked) break;
    }
    this.#endWhenDone();
  }

  #hasLeft(length: number): void {
    if (this.#closed) return;
    this.#count(-length);
    if (this.#isFull) return;
    this.#wake?.();
    this.#wake = undefined;
  }

  #pendingLength(runId: RunId): number {
    return this.#pending.has(runId) ? lengthOf(this.#pending.get(runId)) : 0;
  }

  #count(length: number): void {
    if (length === 0) return;
    this.#length += length;
    if (length > 0) this.#account.add(length);
    else this.#account.remove(-length);
  }

  #forget(runId: RunId): void {
    this.#count(-this.#pendingLength(runId));
    this.#pending.delete(runId);
    if (!this.#open.delete(runId)) return;
    this.#budget.giveBack(this.#peer, 1);
    this.#watch.remove(runId);
  }

  /** Removes runs whose final state the caller has seen: it is not sent again, so nothing else would end the watch. */
  async #forgetSeenFinals(): Promise<void> {
    const seen = [...this.#open].filter(([, revision]) => revision > 0);
    for (const [runId, revision] of seen) {
      const run = await this.#context.coordinator.runs.findState(runId);
      if (run !== undefined && run.revision === revision && isFinal(run.status)) this.#forget(runId);
    }
    this.#endWhenDone();
  }

  #refuse(): void {
    const message = `A stream watches at most ${maxWatchedRuns} runs that are not final. Open another one.`;
    this.close();
    failStream(this.#call, new InvalidRequestError("TOO_MANY_ITEMS", "add", message), this.#context);
  }

  #endWhenDone(): void {
    if (!this.#halfClosed || this.#closed || this.#open.size > 0 || this.#pending.size > 0) return;
    this.close();
    this.#call.end();
  }
}

function lengthOf(view: RunView | undefined): number {
  return answerLength + (view === undefined ? 0 : textLengthOf(view));
}
