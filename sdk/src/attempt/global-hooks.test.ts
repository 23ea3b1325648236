import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { tasks } from "../runs/tasks.ts";
import { type BatonRuntime, type RegisteredHook, runtimeKey } from "./runtime.ts";

type Global = { [runtimeKey]?: BatonRuntime };

function catchHooks(): RegisteredHook[] {
  const told: RegisteredHook[] = [];
  (globalThis as Global)[runtimeKey] = {
    protocol: 1,
    taskDefined: () => undefined,
    currentAttempt: () => undefined,
    hookRegistered: (hook) => told.push(hook),
  };
  return told;
}

describe("global hooks", () => {
  afterEach(() => {
    delete (globalThis as Global)[runtimeKey];
  });

  test("are told to the runtime under their kind; catchError is another name of handleError", () => {
    const told = catchHooks();
    const fn = () => undefined;
    tasks.middleware("x", fn);
    tasks.onStart("x", fn);
    tasks.onStartAttempt("x", fn);
    tasks.onSuccess("x", fn);
    tasks.onFailure("x", fn);
    tasks.onComplete("x", fn);
    tasks.onWait("x", fn);
    tasks.onResume("x", fn);
    tasks.onCancel("x", fn);
    tasks.handleError("x", fn);
    tasks.catchError("x", fn);
    assert.deepEqual(
      told.map(({ kind }) => kind),
      [
        "middleware",
        "onStart",
        "onStartAttempt",
        "onSuccess",
        "onFailure",
        "onComplete",
        "onWait",
        "onResume",
        "onCancel",
        "handleError",
        "handleError",
      ],
    );
    assert.ok(told.every((hook) => hook.name === "x" && hook.fn === fn));
  });

  test("without a name go by their source text", () => {
    const told = catchHooks();
    tasks.onStart(() => "same");
    tasks.onStart(() => "same");
    tasks.onStart(() => "other");
    assert.equal(told[0]?.name, told[1]?.name);
    assert.notEqual(told[0]?.name, told[2]?.name);
  });

  test("are functions; anything else throws a TypeError that names the call", () => {
    const register = tasks.catchError as unknown as (...args: unknown[]) => void;
    assert.throws(() => register("name"), /tasks\.catchError\(\) expected a function, or a name and a function/);
    assert.throws(() => register({}), TypeError);
  });
});
