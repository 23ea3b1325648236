import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { services } from "@baton/proto";
import { frame, RawClient } from "../support/raw-client.ts";

/** The data for the thread of hostile clients. */
export interface HostileMix {
  readonly address: string;
  readonly token: string;
  readonly clients: number;
  readonly durationMs: number;
  /** Runs with a large payload. */
  readonly largeRunIds: readonly string[];
  /** A run with a long log. */
  readonly loggedRunId: string;
}

const { BatchTrigger, GetRun, ListRuns, Trigger, TriggerMany, WatchRuns } = services.run;
const { AppendLogs, ReadLogs } = services.log;
const { Attach, RegisterVersion } = services.runner;
const mebibyte = 1024 * 1024;
/** How long a client continues one attack before it disconnects and begins the next, in milliseconds. */
const attackMs = 2_000;

const mix = workerData as HostileMix;
const bomb = frame(gzipSync(Buffer.alloc(31 * mebibyte)), { compressed: true });
const piece = Buffer.alloc(4 * mebibyte);
const emptyItems = Buffer.alloc(20 * mebibyte);
for (let at = 0; at < emptyItems.length; at += 2) emptyItems[at] = 0x0a;
const watchAll = WatchRuns.requestSerialize({ add: mix.largeRunIds.map((runId) => ({ runId })) });

const jsonSchema = JSON.stringify("x".repeat(250_000));

function largeRunId(index: number): string {
  return mix.largeRunIds[index % mix.largeRunIds.length] ?? "";
}

/** Opens a call and sends messages. Never reads an answer. */
function send(client: RawClient, path: string, ...messages: readonly Buffer[]): void {
  const { stream } = client.open(path);
  for (const message of messages) stream.write(frame(message));
}

/** Attacks by name. Each function begins an attack on its own connection, and its calls end with the connection. */
const attacks: Readonly<Record<string, (client: RawClient) => void>> = {
  "watches large runs and does not read": (client) => {
    for (let count = 0; count < 20; count += 1) send(client, WatchRuns.path, watchAll);
  },
  "asks for large runs and does not read": (client) => {
    for (let count = 0; count < 300; count += 1) {
      client.open(GetRun.path).stream.end(frame(GetRun.requestSerialize({ runId: largeRunId(count) })));
    }
  },
  "follows a long log and does not read": (client) => {
    for (let count = 0; count < 50; count += 1) {
      const request = ReadLogs.requestSerialize({ runId: mix.loggedRunId, follow: true });
      client.open(ReadLogs.path).stream.end(frame(request));
    }
  },
  "sends messages that never end": (client) => {
    for (let count = 0; count < 20; count += 1) {
      const { stream } = client.open(Trigger.path);
      stream.write(frame(piece, { length: 31 * mebibyte }));
    }
  },
  "sends megabytes without a token": (client) => {
    for (let count = 0; count < 50; count += 1) {
      const { stream } = client.open(Trigger.path, { authorization: "Bearer wrong" });
      stream.write(frame(piece, { length: 31 * mebibyte }));
    }
  },
  "sends compressed messages": (client) => {
    for (let count = 0; count < 40; count += 1) client.open(Trigger.path, { "grpc-encoding": "gzip" }).stream.end(bomb);
  },
  "sends millions of empty items": (client) => {
    client.open(TriggerMany.path).stream.end(frame(emptyItems));
    client.open(BatchTrigger.path).stream.end(frame(emptyItems));
  },
  "sends long ids and no protobuf": (client) => {
    const long = "字".repeat(20_000);
    for (let count = 0; count < 200; count += 1) {
      const bytes = count % 2 === 0 ? GetRun.requestSerialize({ runId: long }) : Buffer.from([0x0a, 0xff, 0xff, 0xff]);
      void client.call(GetRun.path, bytes);
    }
  },
  "lists and asks as fast as it can": (client) => {
    const list = ListRuns.requestSerialize({ pageSize: 100 });
    const one = async () => {
      while (!client.session.destroyed) await client.call(ListRuns.path, list);
    };
    for (let count = 0; count < 4; count += 1) void one();
  },
  "is a runner that does not read": (client) => {
    const hello = {
      runnerId: "runner_hostile",
      session: 1,
      capacity: { concurrency: 100_000, cpu: 100_000, memoryGb: 100_000, overcommit: false },
    };
    send(client, Attach.path, Attach.requestSerialize({ hello }));
  },
  "registers one version after the other": (client) => {
    const second = { seconds: 1, nanos: 0 };
    const retry = { maxAttempts: 1, factor: 1, minTimeout: second, maxTimeout: second };
    for (let count = 0; count < 10; count += 1) {
      const hash = randomBytes(32).toString("hex");
      const tasks = Array.from({ length: 16 }, (_, index) => {
        const id = `${hash.slice(0, 16)}-${index}`;
        return { id, filePath: "t.ts", exportName: "t", queue: id, machine: "micro", retry, jsonSchema };
      });
      void client.call(RegisterVersion.path, RegisterVersion.requestSerialize({ hash, tasks }));
    }
  },
  "appends lines to a run that is not its own": (client) => {
    const entry = { message: "y".repeat(10_000), level: "LOG_LEVEL_LOG", attemptNumber: 1, attemptId: "a" } as const;
    const runs = [{ runId: mix.loggedRunId, entries: Array.from({ length: 100 }, () => entry) }];
    for (let count = 0; count < 20; count += 1)
      void client.call(AppendLogs.path, AppendLogs.requestSerialize({ runs }));
  },
};

const count: Record<string, number> = {};

async function hostileClient(first: number): Promise<void> {
  const names = Object.keys(attacks);
  const until = Date.now() + mix.durationMs;
  for (let index = first; Date.now() < until; index += 1) {
    const name = names[index % names.length] ?? "";
    await using client = new RawClient(mix.address, mix.token);
    attacks[name]?.(client);
    count[name] = (count[name] ?? 0) + 1;
    await sleep(attackMs);
  }
}

await Promise.all(Array.from({ length: mix.clients }, (_, index) => hostileClient(index)));
parentPort?.postMessage(count);
