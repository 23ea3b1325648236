import type { WatchRunsRequest__Output, WatchRunsResponse } from "@baton/proto";
import { type Run, type RunServiceHandlers, services, type TriggerItem__Output } from "@baton/proto";
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";

type WatchCall = ServerDuplexStream<WatchRunsRequest__Output, WatchRunsResponse>;

/** A RunService on a real socket, with runs in memory whose states a test sets. */
export class FakeRunService {
  readonly runs = new Map<string, Run & { id: string; revision: number }>();
  /** The size of each TriggerMany call. */
  readonly triggerCalls: number[] = [];
  readonly triggered: TriggerItem__Output[] = [];
  readonly watchRequests: WatchRunsRequest__Output[] = [];
  readonly authorizations = new Set<string>();
  /** Errors for the next unary calls, in order. */
  readonly failures: { code: number; details: string; metadata?: Metadata }[] = [];
  readonly #watchers = new Map<WatchCall, Set<string>>();
  #server: Server | undefined;
  #port = 0;

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get openWatches(): number {
    return this.#watchers.size;
  }

  /** Starts listening. A second call uses the port of the first. */
  async start(): Promise<void> {
    const server = new Server({ "grpc.max_receive_message_length": 32 * 1024 * 1024 });
    server.addService(services.run, this.#handlers());
    this.#port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.#port}`, ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    this.#server = server;
  }

  stop(): void {
    this.#server?.forceShutdown();
    this.#watchers.clear();
  }

  /** Changes a run and tells its watchers. */
  change(runId: string, change: Run): void {
    const run = this.runs.get(runId);
    if (!run) throw new Error(`no run ${runId}`);
    Object.assign(run, change, { revision: run.revision + 1 });
    for (const [call, watched] of this.#watchers) if (watched.has(runId)) call.write({ run });
  }

  #handlers(): RunServiceHandlers {
    return {
      Trigger: (_call, callback) => callback({ code: status.UNIMPLEMENTED }),
      TriggerMany: this.#unary(({ items }) => {
        this.triggerCalls.push(items.length);
        return {
          results: items.map((item) => {
            if (item.taskId === "refused") {
              const error = {
                status: 3,
                code: "MACHINE_UNKNOWN",
                message: "no such machine",
                field: "options.machine",
              };
              return { error };
            }
            this.#create(item);
            return { run: { runId: item.runId, taskId: item.taskId, isCached: false } };
          }),
        };
      }),
      BatchTrigger: this.#unary(({ batchId, items }) => {
        for (const item of items) this.#create(item);
        return { batchId, runs: items.map((item) => ({ runId: item.runId, taskId: item.taskId, isCached: false })) };
      }),
      GetRun: this.#unary(({ runId }) => ({ run: this.runs.get(runId) ?? null })),
      ListRuns: this.#unary(({ pageToken }) => {
        const page = Number(pageToken || 0);
        return {
          runs: [{ id: `run_page${page}`, status: "RUN_STATUS_QUEUED" }],
          nextPageToken: page < 2 ? String(page + 1) : "",
          previousPageToken: page > 0 ? String(page - 1) : "",
        };
      }),
      FindRuns: (_call, callback) => callback({ code: status.UNIMPLEMENTED }),
      CancelRun: this.#unary(({ runId }) => {
        this.change(runId, { status: "RUN_STATUS_CANCELED" });
        return { runId, status: "RUN_STATUS_CANCELED" };
      }),
      ReplayRun: this.#unary(({ newRunId }) => ({ run: { runId: newRunId, taskId: "t" } })),
      WatchRuns: (call: WatchCall) => this.#watch(call),
    };
  }

  #unary<Req, Res>(answer: (request: Req) => Res) {
    return (call: ServerUnaryCall<Req, Res>, callback: sendUnaryData<Res>): void => {
      for (const value of call.metadata.get("authorization")) this.authorizations.add(String(value));
      const failure = this.failures.shift();
      if (failure) callback(failure);
      else callback(null, answer(call.request));
    };
  }

  #create(item: TriggerItem__Output): void {
    this.triggered.push(item);
    const { runId: id, taskId, payload } = item;
    this.runs.set(id, { id, taskId, payload, status: "RUN_STATUS_QUEUED", revision: 1 });
  }

  #watch(call: WatchCall): void {
    const watched = new Set<string>();
    this.#watchers.set(call, watched);
    const forget = (): void => {
      this.#watchers.delete(call);
    };
    call.on("error", forget);
    call.on("cancelled", forget);
    call.on("end", () => call.end());
    call.on("data", (request: WatchRunsRequest__Output) => {
      this.watchRequests.push(request);
      for (const runId of request.removeRunIds) watched.delete(runId);
      for (const { runId, seenRevision } of request.add) {
        const run = this.runs.get(runId);
        if (!run) {
          call.write({ notFound: runId });
          continue;
        }
        watched.add(runId);
        if (run.revision !== seenRevision) call.write({ run });
      }
    });
  }
}
