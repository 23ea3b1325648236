import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type LogEntry, type LogServiceHandlers, type ReadLogsRequest__Output, services } from "@baton/proto";
import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import { configure } from "../client/client-config.ts";
import { type LogsOptions, readRunLogs } from "./run-logs.ts";

const entries: readonly LogEntry[] = [
  { level: "LOG_LEVEL_DEBUG", message: "one", attemptNumber: 1, attemptId: "a1" },
  { level: "LOG_LEVEL_LOG", message: "two", attemptNumber: 1, attemptId: "a1", properties: '{"n":2}' },
  { level: "LOG_LEVEL_WARN", message: "three", attemptNumber: 2, attemptId: "a2", time: { seconds: 3, nanos: 0 } },
];

describe("the logs of a run", () => {
  let server: Server;
  let requests: ReadLogsRequest__Output[];
  /** How many entries each coming stream sends before it breaks; then streams are whole. */
  let breaks: number[];
  /** Whether streams send nothing and do not end. */
  let silent: boolean;

  beforeEach(async () => {
    requests = [];
    breaks = [];
    silent = false;
    server = new Server();
    const handlers: LogServiceHandlers = {
      AppendLogs: (_call, callback) => callback({ code: status.UNIMPLEMENTED }),
      ReadLogs: (call) => {
        requests.push(call.request);
        if (silent) return;
        const count = breaks.shift();
        for (const entry of entries.slice(0, count)) call.write({ entries: [entry] });
        if (count === undefined) call.end();
        else call.emit("error", { code: status.UNAVAILABLE, details: "away" });
      },
    };
    server.addService(services.log, handlers);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    configure({ coordinator: `127.0.0.1:${port}`, requestOptions: { retry: { maxAttempts: 1 } } });
  });
  afterEach(() => {
    server.forceShutdown();
    configure({});
  });

  async function messages(options?: LogsOptions): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const { message } of readRunLogs("run_1", options)) found.push(message);
    return found;
  }

  test("are entries with a date, a level and the attempt's number", async () => {
    const found = [];
    for await (const entry of readRunLogs("run_1")) found.push(entry);
    assert.deepEqual(found[1], {
      time: new Date(0),
      level: "log",
      message: "two",
      properties: { n: 2 },
      attempt: 1,
      attemptId: "a1",
    });
    assert.deepEqual(found[2]?.time, new Date(3_000));
    assert.equal(requests[0]?.follow, false);
  });

  test("are read from a level on, of one attempt, and up to a number of entries", async () => {
    assert.deepEqual(await messages({ level: "info" }), ["two", "three"]);
    assert.deepEqual(await messages({ level: "warn" }), ["three"]);
    assert.deepEqual(await messages({ attempt: 1 }), ["one", "two"]);
    assert.deepEqual(await messages({ limit: 2 }), ["one", "two"]);
    assert.deepEqual(await messages({ limit: 0 }), []);
  });

  test("are followed over lost connections, each entry once", async () => {
    breaks = [1, 0, 2];
    assert.deepEqual(await messages({ follow: true }), ["one", "two", "three"]);
    assert.equal(requests.length, 4);
  });

  test("are not waited for when nobody follows them and the connection is lost", async () => {
    breaks = [1];
    await assert.rejects(messages(), { code: "COORDINATOR_UNREACHABLE" });
  });

  test("are not waited for when the signal was aborted before, or is while the connection is opened", async () => {
    silent = true;
    assert.deepEqual(await messages({ follow: true, signal: AbortSignal.abort() }), []);
    const abort = new AbortController();
    const reading = messages({ follow: true, signal: abort.signal });
    abort.abort();
    assert.deepEqual(await reading, []);
  });

  test("end without an error when the signal aborts", async () => {
    const abort = new AbortController();
    const found: string[] = [];
    for await (const { message } of readRunLogs("run_1", { follow: true, signal: abort.signal })) {
      found.push(message);
      abort.abort();
    }
    assert.deepEqual(found, ["one"]);
  });
});
