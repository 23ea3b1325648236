import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { registeredHooks, registerHook } from "./hook-registry.ts";
import { type BatonRuntime, type RegisteredHook, runtimeKey } from "./runtime.ts";

const onStart = (name: string, fn = () => undefined): RegisteredHook => ({ kind: "onStart", name, fn });

afterEach(() => {
  delete (globalThis as { [runtimeKey]?: BatonRuntime })[runtimeKey];
});

test("without a runtime hooks are kept; a second one of a name replaces the first in its place", () => {
  const replaced = () => undefined;
  registerHook(onStart("a"));
  registerHook(onStart("b"));
  registerHook(onStart("a", replaced));
  registerHook({ ...onStart("b"), kind: "onSuccess" });
  const kept = registeredHooks();
  assert.deepEqual(
    kept.map(({ kind, name }) => `${kind} ${name}`),
    ["onStart a", "onStart b", "onSuccess b"],
  );
  assert.equal(kept[0]?.fn, replaced);
});

test("a runtime that takes hooks gets them, and nothing is kept", () => {
  const before = registeredHooks().length;
  const told: RegisteredHook[] = [];
  (globalThis as { [runtimeKey]?: BatonRuntime })[runtimeKey] = {
    protocol: 1,
    taskDefined: () => undefined,
    currentAttempt: () => undefined,
    hookRegistered: (hook) => told.push(hook),
  };
  registerHook(onStart("c"));
  assert.deepEqual([told.length, registeredHooks().length], [1, before]);
});
