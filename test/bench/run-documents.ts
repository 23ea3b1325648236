import type { Run } from "@baton/coordinator";
import { embedRun, readRun } from "@baton/coordinator/internal/store/mongo/embedded-run";
import { type RunDocument, toDocument, toUpdate } from "@baton/coordinator/internal/store/mongo/run-document";
import type { RunWrite } from "@baton/coordinator/internal/store/store";
import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import { BSON } from "mongodb";
import { median } from "./statistics.ts";

const runCount = 2_000;
const roundCount = 15;
const writer = { epoch: 7, batch: 1_234 };

/** A form of a run in its document. */
interface Shape {
  readonly name: string;
  write(run: Run): object | string;
  read(document: RunDocument): Run;
}

const shapes: readonly Shape[] = [
  { name: "run as JSON text", write: (run) => JSON.stringify(run), read: ({ run }) => JSON.parse(String(run)) },
  { name: "run as a document", write: embedRun, read: readRun },
];

/** One write of a run, with the rest of its document or update, which is the same in both shapes. */
interface Write {
  readonly run: Run;
  readonly isInsert: boolean;
  readonly rest: object;
  readonly unset: object | undefined;
}

/**
 * Measures the cost of a run in MongoDB's driver, as JSON text and as a document: bytes of its insert and updates, and
 * processor time to create and to read them. The rounds alternate, so that other load on the computer affects both.
 */
export async function benchRunDocuments(): Promise<void> {
  const lives = Array.from({ length: runCount }, (_, n) => lifeOf(n));
  const writeUs = new Map<Shape, number[]>(shapes.map((shape) => [shape, []]));
  const readUs = new Map<Shape, number[]>(shapes.map((shape) => [shape, []]));
  for (let round = 0; round <= roundCount; round += 1) {
    for (const shape of shapes) {
      const wrote = cpuUsPerRun(() => {
        for (const life of lives) for (const write of life) serialize(messageOf(shape, write));
      });
      const stored = lives.map((life) => storedBytes(shape, life));
      const read = cpuUsPerRun(() => {
        for (const bytes of stored) shape.read(BSON.deserialize(bytes) as RunDocument);
      });
      // The first round warms up.
      if (round === 0) continue;
      writeUs.get(shape)?.push(wrote);
      readUs.get(shape)?.push(read);
    }
  }
  const [life = []] = lives;
  for (const shape of shapes) {
    const sent = life.reduce((sum, write) => sum + serialize(messageOf(shape, write)).byteLength, 0);
    console.log(
      `${shape.name.padEnd(18)} ${sent} bytes sent a run in ${life.length} writes, ${storedBytes(shape, life).byteLength} bytes stored; ` +
        `CPU ${median(writeUs.get(shape) ?? []).toFixed(1)} µs to write a run's life, ${median(readUs.get(shape) ?? []).toFixed(1)} µs to read it`,
    );
  }
}

function cpuUsPerRun(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { system, user } = process.cpuUsage(before);
  return (user + system) / runCount;
}

function serialize(document: object): Uint8Array {
  return BSON.serialize(document, { ignoreUndefined: true });
}

function messageOf(shape: Shape, { isInsert, rest, run, unset }: Write): object {
  const members = { ...rest, run: shape.write(run) };
  return isInsert ? members : { $set: members, $unset: unset };
}

/** Returns the stored document at the end of a life. */
function storedBytes(shape: Shape, life: readonly Write[]): Uint8Array {
  const last = life.at(-1);
  if (last === undefined) throw new Error("A life has a write.");
  return serialize({ ...last.rest, run: shape.write(last.run) });
}

/** Returns the writes of a run that succeeds: queued, executing, completed. */
function lifeOf(n: number): readonly Write[] {
  const id = `run_01m8zk7q2v3w4x5y6z7${String(n).padStart(7, "0")}` as RunId;
  const at = Date.UTC(2026, 10, 27) + n;
  const queued: Run = {
    id,
    taskId: "resize-image",
    status: "queued",
    revision: 1,
    createdAt: at,
    updatedAt: at,
    queuedAt: at,
    queue: "task/resize-image",
    priorityMs: 0,
    queueTime: at,
    tags: ["user_12345", "album_9"],
    idempotencyKey: undefined,
    parentRunId: undefined,
    depth: 0,
    triggerFunction: "trigger",
    isReplay: false,
    isTest: false,
    attemptNumber: 0,
    interruptions: 0,
    chargedInterruptions: 0,
    deliveries: 0,
    attempts: [],
    activeMs: 0,
    hasOutput: false,
    timeline: [{ status: "queued", at }],
  };
  const attemptId = `att_01m8zk7q2v3w4x5y6z7${String(n).padStart(7, "0")}` as AttemptId;
  const runnerId = "runner_01m8zk7q2v3w4x5y6z70000001" as RunnerId;
  const attempt = { id: attemptId, number: 1, runnerId, machine: "small-1x" } as const;
  const executing: Run = {
    ...queued,
    status: "executing",
    revision: 3,
    updatedAt: at + 4,
    startedAt: at + 4,
    version: "20261127.1",
    retry: { maxAttempts: 3, factor: 2, minTimeoutMs: 1_000, maxTimeoutMs: 10_000, randomize: true },
    current: { ...attempt, version: "20261127.1", assignedAt: at + 3, startedAt: at + 4 },
    timeline: [...queued.timeline, { status: "dequeued", at: at + 3 }, { status: "executing", at: at + 4 }],
  };
  const completed: Run = {
    ...executing,
    status: "completed",
    revision: 4,
    updatedAt: at + 250,
    finishedAt: at + 250,
    current: undefined,
    attemptNumber: 1,
    attempts: [{ ...attempt, status: "completed", startedAt: at + 4, endedAt: at + 250, activeMs: 246 }],
    activeMs: 246,
    hasOutput: true,
    timeline: [...executing.timeline, { status: "completed", at: at + 250 }],
  };
  const writes: readonly RunWrite[] = [
    { run: queued, replaces: 0, payload: '{"url":"https://example.com/image.png","width":640}' },
    { run: executing, replaces: 1 },
    { run: completed, replaces: 3, output: '{"bytes":48213}' },
  ];
  return writes.map((write) => {
    const isInsert = write.replaces === 0;
    const { $set = {}, $unset } = isInsert ? { $set: toDocument(write, writer) } : toUpdate(write, writer);
    const { run: _run, ...rest } = $set as RunDocument;
    return { run: write.run, isInsert, rest, unset: $unset };
  });
}
