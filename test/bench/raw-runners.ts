import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Assignment__Output,
  type AttachRequest,
  type AttachResponse__Output,
  type Dispatch__Output,
  timestampToWire,
} from "@baton/proto";
import { CoordinatorChannel } from "@baton/proto/client/channel";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import { taskDefinitionToWire } from "@baton/proto/wire/task-definition";
import type { ClientDuplexStream } from "@grpc/grpc-js";

type Stream = ClientDuplexStream<AttachRequest, AttachResponse__Output>;

/** The most tasks that a coordinator accepts in one version. */
const tasksPerRunner = 10_000;
/** Assignments that all raw runners together hold at once. */
const concurrency = 500;
/** How often a raw runner renews its lease, in milliseconds. */
const heartbeatMs = 2_000;
/** How often the port of a starting coordinator is tried, in milliseconds. */
const portPauseMs = 2;
/** How often a draining runner looks whether all is settled, and how long nothing may come then; milliseconds. */
const pauseMs = 20;
const quietBeforeEndMs = 500;
/** How long the coordinator may take to make the last ends durable, in milliseconds. */
const drainPatienceMs = 60_000;

/**
 * Runners without threads: they report every assignment as completed in the turn in which it came, so that only the
 * coordinator is measured. There is one for each 10,000 tasks, as if each were the runner of a project.
 */
export class RawRunners implements Disposable {
  readonly #address: string;
  readonly #projects: readonly (readonly TaskDefinition[])[];
  readonly #channels: CoordinatorChannel[] = [];
  readonly #streams: Stream[] = [];
  readonly #heartbeats: NodeJS.Timeout[] = [];
  #session = 0;
  /** The runs of all assignments. */
  readonly delivered = new Set<string>();
  /** Assignments of runs that came before. */
  repeated = 0;
  /** Outcomes that the coordinator has confirmed. */
  settled = 0;
  firstAt: number | undefined;
  lastAt = 0;

  constructor(address: string, definitions: readonly TaskDefinition[]) {
    this.#address = address;
    const count = Math.ceil(definitions.length / tasksPerRunner);
    this.#projects = Array.from({ length: count }, (_, index) =>
      definitions.slice(index * tasksPerRunner, (index + 1) * tasksPerRunner),
    );
  }

  /** Registers every task, and takes no assignment. */
  async register(): Promise<void> {
    for (const index of this.#projects.keys()) {
      const channel = new CoordinatorChannel(this.#address, { profile: "runner", hasOwnConnection: true });
      await this.#registerProject(channel, index);
      channel.close();
    }
  }

  /** Waits for the coordinator's port, registers every task and takes assignments from then on. */
  async connect(): Promise<void> {
    await portOpens(this.#address);
    this.#session += 1;
    await Promise.all(this.#projects.map((_, index) => this.#attach(index)));
  }

  /** Takes no more assignments, and waits until the ends of all that came are durable. */
  async drain(): Promise<void> {
    for (const stream of this.#streams) stream.write({ draining: {} });
    const isOver = () => this.settled >= this.delivered.size + this.repeated;
    // Assignments that were sent before the coordinator read the message may still come.
    const until = performance.now() + drainPatienceMs;
    for (let quietMs = 0; quietMs < quietBeforeEndMs; quietMs = isOver() ? quietMs + pauseMs : 0) {
      if (performance.now() > until) throw new Error(`${this.settled} of ${this.delivered.size} ends are durable.`);
      await sleep(pauseMs);
    }
  }

  /** Breaks every stream. */
  [Symbol.dispose](): void {
    for (const heartbeat of this.#heartbeats.splice(0)) clearInterval(heartbeat);
    for (const channel of this.#channels.splice(0)) channel.close();
  }

  async #attach(index: number): Promise<void> {
    const channel = new CoordinatorChannel(this.#address, { profile: "runner", hasOwnConnection: true });
    this.#channels.push(channel);
    const version = await this.#registerProject(channel, index);
    const stream = channel.client("runner").attach(channel.metadata) as Stream;
    this.#streams.push(stream);
    // A killed coordinator breaks the stream; the bench notices what is missing.
    stream.on("error", () => undefined);
    stream.on("data", ({ dispatch }: AttachResponse__Output) => {
      if (dispatch) this.#onDispatch(stream, dispatch);
    });
    this.#heartbeats.push(setInterval(() => stream.write({ report: {} }), heartbeatMs));
    const share = Math.ceil(concurrency / this.#projects.length);
    stream.write({
      hello: {
        runnerId: `runner_raw${index}`,
        session: this.#session,
        capacity: { concurrency: share, cpu: share, memoryGb: share, overcommit: false },
        versions: [version],
        held: [],
        hostname: "raw",
        pid: process.pid,
        draining: false,
      },
    });
  }

  #registerProject(channel: CoordinatorChannel, index: number): Promise<string> {
    const tasks = (this.#projects[index] ?? []).map(taskDefinitionToWire);
    const hash = String(index).padStart(64, "0");
    return new Promise((resolve, reject) => {
      channel.client("runner").registerVersion({ hash, tasks }, channel.metadata, (error, response) => {
        if (error === null) resolve(response?.version ?? "");
        else reject(error);
      });
    });
  }

  #onDispatch(stream: Stream, { assignments, sequence, settledAttemptIds }: Dispatch__Output): void {
    this.settled += settledAttemptIds.length;
    if (assignments.length > 0) {
      this.lastAt = performance.now();
      this.firstAt ??= this.lastAt;
    }
    for (const { runId } of assignments) {
      if (this.delivered.has(runId)) this.repeated += 1;
      this.delivered.add(runId);
    }
    stream.write({ report: { receivedSequence: sequence, outcomes: assignments.map(completed), prefetch: 0 } });
  }
}

function completed({ attemptId, runId }: Assignment__Output) {
  const now = timestampToWire(Date.now());
  return {
    runId,
    attemptId,
    startTime: now,
    activeDuration: { seconds: 0, nanos: 0 },
    threadLingers: false,
    success: { output: "null", outputTypes: "" },
    endTime: now,
    logsFollow: false,
  };
}

async function portOpens(address: string): Promise<void> {
  const [host = "", port = ""] = address.split(":");
  for (;;) {
    const socket = connect(Number(port), host);
    try {
      await once(socket, "connect");
      return;
    } catch {
      await sleep(portPauseMs);
    } finally {
      socket.destroy();
    }
  }
}
