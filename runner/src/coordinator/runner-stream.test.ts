import assert from "node:assert/strict";
import { test } from "node:test";
import { writeStatusDetails } from "@baton/proto/client/status-details";
import { systemClock } from "@baton/proto/clock";
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { pino } from "pino";
import type { RunnerError } from "../errors.ts";
import type { CoordinatorClient } from "./coordinator-client.ts";
import { RunnerStream, type RunnerStreamListener } from "./runner-stream.ts";

const client = {
  address: "127.0.0.1:1",
  renewToken: () => undefined,
} as Partial<CoordinatorClient> as CoordinatorClient;

/** Returns the error of a call that the coordinator refused. */
function refusal(reason: string): ServiceError {
  const metadata = new Metadata();
  writeStatusDetails(metadata, status.UNAUTHENTICATED, "", { code: reason });
  const words = "This coordinator needs a token. Name it with --token-file, BATON_TOKEN or configure({ token }).";
  return Object.assign(new Error(words), { code: status.UNAUTHENTICATED, details: words, metadata });
}

test("a runner without a token says how a runner gets one, and logs the coordinator's code", async () => {
  const logged: string[] = [];
  const log = pino({ serializers: { err: pino.stdSerializers.err } }, { write: (line: string) => logged.push(line) });
  const refused = await new Promise<RunnerError>((resolve) => {
    const listener = {
      prepare: () => Promise.reject(refusal("TOKEN_MISSING")),
      onRefused: resolve,
    } as Partial<RunnerStreamListener> as RunnerStreamListener;
    const stream = new RunnerStream(client, listener, systemClock, log);
    stream.start();
    setImmediate(() => stream.stop());
  });
  assert.equal(refused.code, "TOKEN_MISSING");
  assert.match(refused.message, /--token-file or BATON_TOKEN_FILE/);
  assert.doesNotMatch(refused.message, /BATON_TOKEN\b(?!_)|configure/);
  const entries = logged.map((line) => JSON.parse(line) as { msg: string; err: { code: string } });
  assert.deepEqual(
    entries.map(({ err, msg }) => [err.code, msg]),
    [["TOKEN_MISSING", "coordinator refused"]],
  );
});

test("a runner that lost its coordinator and is refused by the next one says why at once", async () => {
  const logged: string[] = [];
  const log = pino({ serializers: { err: pino.stdSerializers.err } }, { write: (line: string) => logged.push(line) });
  const lost = Object.assign(new Error("lost"), {
    code: status.UNAVAILABLE,
    details: "lost",
    metadata: new Metadata(),
  });
  const failures = [lost, lost, refusal("TOKEN_WRONG"), refusal("TOKEN_WRONG"), lost];
  await new Promise<void>((resolve) => {
    const listener = {
      prepare: async () => {
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        stream.stop();
        resolve();
      },
      onRefused: () => undefined,
    } as Partial<RunnerStreamListener> as RunnerStreamListener;
    const stream = new RunnerStream(client, listener, systemClock, log);
    stream.start();
  });
  const codes = logged.map((line) => (JSON.parse(line) as { err: { code: string } }).err.code);
  assert.deepEqual(codes, ["COORDINATOR_UNREACHABLE", "TOKEN_WRONG", "COORDINATOR_UNREACHABLE"]);
});
