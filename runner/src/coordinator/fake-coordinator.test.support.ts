import {
  type AppendLogsRequest__Output,
  type Assignment,
  type AttachRequest__Output,
  type AttachResponse,
  type AttemptOutcome__Output,
  durationToWire,
  type Hello__Output,
  type LogEntry__Output,
  type Report__Output,
  services,
  timestampToWire,
} from "@baton/proto";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";

type Stream = ServerDuplexStream<AttachRequest__Output, AttachResponse>;
type Dispatch = NonNullable<AttachResponse["dispatch"]>;

/** A coordinator that assigns a test's attempts and records the runner's messages. It uses real sockets. */
export class FakeCoordinator implements AsyncDisposable {
  readonly hellos: Hello__Output[] = [];
  readonly reports: Report__Output[] = [];
  readonly outcomes = new Map<string, AttemptOutcome__Output>();
  readonly outcomeCounts = new Map<string, number>();
  readonly started = new Set<string>();
  readonly handedBack = new Map<string, string>();
  readonly gone = new Set<string>();
  readonly logs: LogEntry__Output[] = [];
  readonly endedLogs = new Set<string>();
  readonly calls: { readonly method: string; readonly request: unknown }[] = [];
  readonly versionChanges: (readonly string[])[] = [];
  isDraining = false;
  /** Whether outcomes are confirmed as they arrive. */
  acknowledges = true;
  /** Called for every report, before its outcomes are confirmed. */
  onReport: ((report: Report__Output) => void) | undefined;
  readonly #versions = new Map<string, string>();
  #server = new Server();
  #stream: Stream | undefined;
  #sequence = 0;
  #port = 0;
  #settled: string[] = [];

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  async start(): Promise<this> {
    this.#server = new Server({ "grpc.max_receive_message_length": 64 * 1024 * 1024 });
    this.#server.addService(services.runner as never, {
      registerVersion: (
        call: ServerUnaryCall<{ hash: string }, { version: string }>,
        done: sendUnaryData<{ version: string }>,
      ) => {
        const { hash } = call.request;
        const version = this.#versions.get(hash) ?? `20261124.${this.#versions.size + 1}`;
        this.#versions.set(hash, version);
        done(null, { version });
      },
      attach: (stream: Stream) => this.#attach(stream),
    });
    this.#server.addService(services.log as never, {
      appendLogs: (call: ServerUnaryCall<AppendLogsRequest__Output, object>, done: sendUnaryData<object>) => {
        for (const { entries, endedAttemptId } of call.request.runs) {
          this.logs.push(...entries);
          if (endedAttemptId !== "") this.endedLogs.add(endedAttemptId);
        }
        done(null, {});
      },
    });
    this.#server.addService(services.run as never, {
      trigger: (call: ServerUnaryCall<{ item: { taskId: string } }, object>, done: sendUnaryData<object>) => {
        this.calls.push({ method: "Trigger", request: call.request });
        const { taskId } = call.request.item;
        done(null, { run: { runId: "run_child", taskId, isCached: false, status: "RUN_STATUS_QUEUED" } });
      },
      getRun: (_call: unknown, done: sendUnaryData<object>) =>
        done({ code: status.NOT_FOUND, details: "No run has this id." }),
    });
    this.#port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${this.#port}`, ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    return this;
  }

  /** Closes every connection at once. The next start uses the same port. */
  stop(): void {
    this.#stream = undefined;
    this.#server.forceShutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
  }

  assign(...assignments: Assignment[]): void {
    this.dispatch({ assignments: assignments.map((assignment) => ({ ...assignmentDefaults(), ...assignment })) });
  }

  dispatch(dispatch: Omit<Dispatch, "sequence">): void {
    this.#sequence += 1;
    this.#stream?.write({ dispatch: { ...dispatch, sequence: this.#sequence } });
  }

  /** Waits until the condition holds. */
  async until(condition: () => boolean, what: string, limitMs = 10_000): Promise<void> {
    await waitUntil(what, condition, limitMs, 2);
  }

  async outcomeOf(attemptId: string, limitMs?: number): Promise<AttemptOutcome__Output> {
    await this.until(() => this.outcomes.has(attemptId), `the outcome of ${attemptId}`, limitMs);
    return this.outcomes.get(attemptId) as AttemptOutcome__Output;
  }

  #attach(stream: Stream): void {
    stream.on("error", () => undefined);
    stream.on("end", () => stream.end());
    stream.on("data", (request: AttachRequest__Output) => {
      if (request.hello) this.#welcome(stream, request.hello);
      if (request.report) this.#take(request.report);
      if (request.versionsChanged) this.versionChanges.push(request.versionsChanged.versions);
      if (request.draining) this.isDraining = true;
    });
  }

  #welcome(stream: Stream, hello: Hello__Output): void {
    this.#stream = stream;
    this.#sequence = 0;
    this.hellos.push(hello);
    stream.write({
      welcome: { heartbeatInterval: durationToWire(2_000), stopAttemptIds: [] },
    });
  }

  #take(report: Report__Output): void {
    this.reports.push(report);
    for (const { attemptId } of report.started) this.started.add(attemptId);
    for (const outcome of report.outcomes) {
      this.outcomes.set(outcome.attemptId, outcome);
      this.outcomeCounts.set(outcome.attemptId, (this.outcomeCounts.get(outcome.attemptId) ?? 0) + 1);
    }
    for (const { attemptId, reason } of report.handedBack) this.handedBack.set(attemptId, reason);
    for (const attemptId of report.goneAttemptIds) this.gone.add(attemptId);
    this.onReport?.(report);
    if (!this.acknowledges || report.outcomes.length === 0) return;
    if (this.#settled.length === 0) setImmediate(() => this.#acknowledge());
    this.#settled.push(...report.outcomes.map(({ attemptId }) => attemptId));
  }

  #acknowledge(): void {
    this.dispatch({ settledAttemptIds: this.#settled });
    this.#settled = [];
  }
}

function assignmentDefaults(): Assignment {
  return {
    attemptNumber: 1,
    version: "20261124.1",
    machine: "small-1x",
    maxAttempts: 3,
    queue: "task/test",
    createTime: timestampToWire(Date.now()),
  };
}
