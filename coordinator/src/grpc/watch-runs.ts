import type { WatchRunsRequest__Output, WatchRunsResponse } from "@baton/proto";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import type { RunView, RunWatch } from "../coordinator-api.ts";
import { isFinal, type RunId } from "../core/run.ts";
import { InvalidRequestError } from "../errors.ts";
import { runToWire } from "./convert-run.ts";
import { failStream } from "./handler.ts";
import type { ServiceContext } from "./service-context.ts";

/** Runs that are not final on one stream, at most. */
export const maxWatchedRuns = 10_000;

type Call = ServerDuplexStream<WatchRunsRequest__Output, WatchRunsResponse>;

/** Tells one caller about many runs until the caller has closed its side and all of them are final or not found. */
export function watchRuns(context: ServiceContext, call: Call): void {
  const watcher = new Watcher(context, call);
  call.on("data", (request) => watcher.request(request));
  call.on("end", () => watcher.halfClosed());
  for (const event of ["cancelled", "close", "error"]) call.once(event, () => watcher.close());
}

/**
 * Open: runs are added and told. Half-closed: none is added; ends when none is left. Closed: says nothing.
 * While the caller does not read, the latest state of each run waits here instead of a queue.
 */
class Watcher {
  readonly #context: ServiceContext;
  readonly #call: Call;
  readonly #watch: RunWatch;
  /** Watched runs that were not told to be final, with the revision that the caller saw first. */
  readonly #open = new Map<RunId, number>();
  readonly #pending = new Map<RunId, RunView | undefined>();
  #blocked = false;
  #halfClosed = false;
  #closed = false;

  constructor(context: ServiceContext, call: Call) {
    this.#context = context;
    this.#call = call;
    this.#watch = context.coordinator.watch((runId, view) => this.#tell(runId, view));
    call.on("drain", () => this.#flush());
  }

  request(request: WatchRunsRequest__Output): void {
    if (this.#closed) return;
    for (const id of request.removeRunIds) this.#forget(id as RunId);
    for (const { runId, seenRevision } of request.add) {
      if (this.#open.size >= maxWatchedRuns && !this.#open.has(runId as RunId)) {
        this.#refuse();
        return;
      }
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
    this.#open.clear();
    this.#pending.clear();
  }

  #tell(runId: RunId, view: RunView | undefined): void {
    if (this.#closed) return;
    this.#pending.set(runId, view);
    if (!this.#blocked) this.#flush();
  }

  #flush(): void {
    this.#blocked = false;
    for (const [runId, view] of this.#pending) {
      this.#pending.delete(runId);
      this.#blocked = !this.#call.write(view === undefined ? { notFound: runId } : { run: runToWire(view) });
      // Nothing follows a final state, so its place on the stream is free again.
      if (view === undefined || isFinal(view.run.status)) this.#forget(runId);
      if (this.#blocked) break;
    }
    this.#endWhenDone();
  }

  #forget(runId: RunId): void {
    this.#pending.delete(runId);
    if (this.#open.delete(runId)) this.#watch.remove(runId);
  }

  /** A run whose final state the caller had seen before is not told again, so nothing else would end its watch. */
  async #forgetSeenFinals(): Promise<void> {
    const seen = [...this.#open].filter(([, revision]) => revision > 0);
    for (const [runId, revision] of seen) {
      const view = await this.#context.coordinator.findRun(runId);
      if (view !== undefined && view.run.revision === revision && isFinal(view.run.status)) this.#forget(runId);
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
