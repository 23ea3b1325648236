import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommandContext } from "../command-context.ts";
import { Output } from "../show/output.ts";
import { unlessStopped } from "./unless-stopped.ts";

test("a wait that a signal ends says that the run goes on, and ends with the signal's code", async () => {
  const printed: string[] = [];
  const codes: number[] = [];
  let stop: (signal: NodeJS.Signals) => void = () => {};
  const stream = { write: (text: string) => printed.push(text) };
  const context = {
    output: new Output(stream, stream, {}),
    env: {},
    finish: (code: number) => codes.push(code),
    onStopSignal: (callback: typeof stop) => {
      stop = callback;
      return () => {};
    },
  } as unknown as CommandContext;
  const waiting = unlessStopped(
    context,
    { coordinator: "127.0.0.1:4751" },
    "run_1",
    (signal) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  stop("SIGINT");
  await waiting;
  assert.match(
    printed[0] ?? "",
    /^The run goes on\. Follow it: +baton runs watch run_1 --coordinator 127\.0\.0\.1:4751\n$/,
  );
  assert.match(printed[1] ?? "", /Cancel it: +baton runs cancel run_1 --coordinator/);
  assert.deepEqual(codes, [130]);
});
