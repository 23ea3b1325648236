import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TracedRuns } from "../support/traced-runs.ts";

const taskFile = `import { locals, task } from "@baton/sdk";
import { seat } from "../seat.ts";
import { act, note } from "../trace.ts";

/** What its middleware does is in the payload. */
export const around = task({
  id: "around",
  retry: { maxAttempts: 2, minTimeoutInMs: 1, randomize: false },
  middleware: async (payload: any, { next, ...params }: any) => {
    act(payload, "T.middleware in", params);
    switch (payload.mode) {
      case "noReturn":
        await next();
        return;
      case "wrap":
        return { wrapped: await next() };
      case "throwBefore":
        throw new Error("before");
      case "throwAfter":
        await next();
        throw new Error("after");
      case "swallow":
        return await next().catch(() => 0);
      case "skip":
        return "hit";
      case "twice": {
        const first = await next();
        return { first, second: await next().catch((error: Error) => error.message) };
      }
    }
    const value = await next();
    act(payload, "T.middleware out", params);
    return value;
  },
  run: async (payload: any, params) => {
    act(payload, "run", params);
    return 5;
  },
  handleError: (payload: any, _error, params) => act(payload, "T.handleError", params),
  onSuccess: (payload: any, _output, params) => act(payload, "T.onSuccess", params),
  onFailure: (payload: any, _error, params) => act(payload, "T.onFailure", params),
  cleanup: (payload: any, params) => act(payload, "T.cleanup", params),
});

const readSeat = (payload: any, name: string, params: any) => note(payload, name, params, { seat: locals.get(seat) });

/** Every hook writes down the local that a global middleware set. */
export const seated = task({
  id: "seated",
  onStart: (payload: any, params) => readSeat(payload, "onStart", params),
  run: async (payload: any, params) => readSeat(payload, "run", params),
  onSuccess: (payload: any, _output, params) => readSeat(payload, "onSuccess", params),
  cleanup: (payload: any, params) => readSeat(payload, "cleanup", params),
});
`;

const initFile = `import { locals, tasks } from "@baton/sdk";
import { seat } from "../seat.ts";
import { act } from "../trace.ts";

tasks.middleware("first", async ({ payload, next, ...params }: any) => {
  locals.set(seat, "window");
  act(payload, "g1 in", params);
  await next();
  act(payload, "g1 out", params);
});

tasks.middleware("second", async ({ payload, next, ...params }: any) => {
  act(payload, "g2 in", params);
  if (payload.mode === "globalSkip") return;
  await next();
  act(payload, "g2 out", params);
});
`;

describe("middleware", () => {
  let traced: TracedRuns;

  before(async () => {
    traced = await TracedRuns.start({
      "seat.ts": `import { locals } from "@baton/sdk";\n\nexport const seat = locals.create<string>("seat");\n`,
      "trigger/init.ts": initFile,
      "trigger/around.ts": taskFile,
    });
  });
  after(() => traced?.[Symbol.asyncDispose]());

  const ran = (mode: string, more: object = {}, options: object = {}) =>
    traced.run("around", { mode, ...more }, options);
  const withoutGlobals = (names: readonly string[]) => names.filter((name) => !name.startsWith("g"));

  test("that awaits next() and returns nothing leaves the output of run [case 29]", async () => {
    const { run } = await ran("noReturn");
    assert.deepEqual([run.status, run.output], ["COMPLETED", 5]);
  });

  test("that returns something else replaces the output [case 30]", async () => {
    const { run } = await ran("wrap");
    assert.deepEqual(run.output, { wrapped: 5 });
  });

  test("that throws before next() fails the attempt through handleError; run is not called, cleanup is [case 31]", async () => {
    const { run, names, calls } = await ran("throwBefore");
    assert.equal(run.status, "FAILED");
    const attempt = ["T.middleware in", "T.handleError"];
    assert.deepEqual(withoutGlobals(names), [...attempt, "T.cleanup", ...attempt, "T.onFailure", "T.cleanup"]);
    assert.equal(calls.find(({ name }) => name === "T.handleError")?.error, "before");
  });

  test("that throws after next() fails the attempt with that error and onSuccess is not called [case 32]", async () => {
    const { run, names } = await ran("throwAfter");
    assert.deepEqual([run.status, run.error?.message, run.attemptCount], ["FAILED", "after", 2]);
    assert.ok(names.includes("run") && !names.includes("T.onSuccess"));
  });

  test("that catches the error of run and returns 0 makes a success of it [case 33]", async () => {
    const { run, names } = await ran("swallow", { plan: { run: { throws: "no" } } });
    assert.deepEqual([run.status, run.output, run.attemptCount], ["COMPLETED", 0, 1]);
    assert.ok(names.includes("T.onSuccess") && !names.includes("T.handleError"));
  });

  test("that never calls next() gives the output itself [case 34]", async () => {
    const { run, names } = await ran("skip");
    assert.deepEqual([run.status, run.output], ["COMPLETED", "hit"]);
    assert.ok(!names.includes("run"));
  });

  test("that calls next() twice has the second call rejected, and run is executed once [case 35]", async () => {
    const { run, names } = await ran("twice");
    assert.equal(run.status, "COMPLETED");
    const output = run.output as { first: number; second: string };
    assert.equal(output.first, 5);
    assert.match(output.second, /twice/);
    assert.equal(names.filter((name) => name === "run").length, 1);
  });

  test("goes in from the first global one to the task's, and out the other way [case 36]", async () => {
    const { names } = await ran("through");
    assert.deepEqual(names, [
      "g1 in",
      "g2 in",
      "T.middleware in",
      "run",
      "T.middleware out",
      "T.onSuccess",
      "T.cleanup",
      "g2 out",
      "g1 out",
    ]);
  });

  test("that is global can set a local which every hook and run can read [case 37]", async () => {
    const { calls } = await traced.run("seated");
    const seats = calls.filter(({ name }) => !name.startsWith("g")).map(({ name, seat }) => [name, seat]);
    assert.deepEqual(
      seats,
      ["onStart", "run", "onSuccess", "cleanup"].map((name) => [name, "window"]),
    );
  });

  test("that is global and throws after a success fails the last attempt through handleError and onFailure [case 38]", async () => {
    const { run, names, calls } = await ran("through", { plan: { "g2 out": { throws: "late" } } }, { maxAttempts: 1 });
    assert.deepEqual([run.status, run.error?.message], ["FAILED", "late"]);
    assert.deepEqual(names.slice(-4), ["T.cleanup", "g2 out", "T.handleError", "T.onFailure"]);
    assert.equal(calls.at(-1)?.error, "late");
  });

  test("that is global and does not call next() fails the attempt", async () => {
    const { run, names } = await ran("globalSkip", {}, { maxAttempts: 1 });
    assert.equal(run.status, "FAILED");
    assert.match(run.error?.message ?? "", /next\(\) was not called/);
    assert.deepEqual(names, ["g1 in", "g2 in", "g1 out", "T.handleError", "T.onFailure"]);
  });
});
