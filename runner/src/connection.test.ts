import assert from "node:assert/strict";
import { test } from "node:test";
import { messageType } from "@baton/proto";
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { pino } from "pino";
import { Connection, type ConnectionListener } from "./connection.ts";
import type { CoordinatorClient } from "./coordinator-client.ts";
import type { RunnerError } from "./errors.ts";

/** A refusal as a coordinator's call ends with it. */
function refusal(reason: string): ServiceError {
  const value = messageType("google.rpc.ErrorInfo").serialize({ reason, domain: "baton" });
  const details = [{ type_url: "type.googleapis.com/google.rpc.ErrorInfo", value }];
  const metadata = new Metadata();
  const statusBytes = messageType("google.rpc.Status").serialize({ code: 16, message: "", details });
  metadata.set("grpc-status-details-bin", statusBytes);
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
    } as Partial<ConnectionListener> as ConnectionListener;
    const connection = new Connection({ address: "127.0.0.1:1" } as CoordinatorClient, listener, log);
    connection.start();
    setImmediate(() => connection.stop());
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
