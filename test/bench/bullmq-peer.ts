import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { Project } from "../support/project.ts";
import type { BullMq, BullOptions, BullQueue } from "./bullmq.ts";
import { type CpuPerRun, CpuWatch, type NamedProcesses } from "./cpu-watch.ts";
import { actManyAtOnce, echoOf, payloadOf, rate, reportDelivery } from "./load.ts";
import type { Peer } from "./peer.ts";
import type { RedisServer } from "./redis-server.ts";

const workerFile = fileURLToPath(new URL("bullmq-worker.js", import.meta.url));
const processorFile = "echo.mjs";
const processor = "export default async ({ data }) => ({ n: data.n * 2, text: data.text });\n";
/** Jobs that are read at once. */
const pageSize = 1_000;

/** BullMQ with its default settings: a worker process and a queue here. The handler is in the worker or in threads. */
export class BullMqPeer implements Peer, AsyncDisposable {
  readonly name: string;
  readonly #bullMq: BullMq;
  readonly #options: BullOptions;
  readonly #queue: BullQueue;
  readonly #worker: ChildProcess;
  readonly #project: Project;
  readonly #processes: NamedProcesses;
  readonly #expected = new Map<string, unknown>();

  private constructor(bullMq: BullMq, redis: RedisServer, name: string, worker: ChildProcess, project: Project) {
    this.name = name;
    this.#bullMq = bullMq;
    this.#options = { connection: { host: "127.0.0.1", port: redis.port } };
    this.#queue = new bullMq.Queue(name, this.#options);
    this.#worker = worker;
    this.#project = project;
    this.#processes = [
      ["client", process.pid],
      ["Redis", redis.pid],
      ["worker", worker.pid ?? 0],
    ];
  }

  static async start(
    dir: string,
    bullMq: BullMq,
    redis: RedisServer,
    { concurrency, isSandboxed }: { readonly concurrency: number; readonly isSandboxed: boolean },
  ): Promise<BullMqPeer> {
    const name = isSandboxed ? "bullmq_sandboxed" : "bullmq_in_process";
    const project = await Project.create({ [processorFile]: processor }, dir);
    const args = [redis.port, name, concurrency, ...(isSandboxed ? [project.path(processorFile)] : [])];
    const worker = fork(workerFile, args.map(String));
    await Promise.race([
      once(worker, "message"),
      once(worker, "exit").then(() => Promise.reject(new Error(`The worker of ${name} ended.`))),
    ]);
    return new BullMqPeer(bullMq, redis, name, worker, project);
  }

  async executeMany(count: number): Promise<{ readonly runsPerSecond: number; readonly cpu: CpuPerRun }> {
    const watch = new CpuWatch(this.#processes);
    const startedAt = performance.now();
    await actManyAtOnce(count, async (n) => void (await this.#add(n)));
    const hasAll = async () => (await this.#queue.getCompletedCount()) >= this.#expected.size;
    await waitUntil("every job to end", hasAll, 180_000, 20);
    return { runsPerSecond: rate(count, startedAt), cpu: watch.perRun(count) };
  }

  async executeOneByOne(count: number): Promise<number[]> {
    const events = new this.#bullMq.QueueEvents(this.name, this.#options);
    await events.waitUntilReady();
    const times: number[] = [];
    for (let n = 0; n < count; n += 1) {
      const startedAt = performance.now();
      const job = await this.#add(n);
      await job.waitUntilFinished(events);
      times.push(performance.now() - startedAt);
    }
    await events.close();
    return times;
  }

  async #add(n: number) {
    const payload = payloadOf(n);
    const job = await this.#queue.add("echo", payload);
    this.#expected.set(job.id, echoOf(payload));
    return job;
  }

  async check(): Promise<void> {
    let correct = 0;
    for (let start = 0; ; start += pageSize) {
      const page = await this.#queue.getCompleted(start, start + pageSize - 1);
      if (page.length === 0) break;
      const isRight = ({ id, returnvalue }: (typeof page)[number]) =>
        JSON.stringify(returnvalue) === JSON.stringify(this.#expected.get(id));
      correct += page.filter(isRight).length;
    }
    reportDelivery(this.name, correct, this.#expected.size);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.close();
    if (this.#worker.exitCode === null && this.#worker.signalCode === null) {
      const exited = once(this.#worker, "exit");
      this.#worker.kill("SIGKILL");
      await exited;
    }
    await this.#project[Symbol.asyncDispose]();
  }
}
