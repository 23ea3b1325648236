import assert from "node:assert/strict";
import { test } from "node:test";
import { userFrames } from "./user-frames.ts";

test("only frames of the user's files are left, with paths from the project", () => {
  const stack = `Error: no such city
    at findCity (/app/src/cities.ts:7:11)
    at /app/trigger/weather.ts:12:5
    at Array.map (<anonymous>)
    at async run (file:///app/trigger/with%20space.ts:20:3)
    at async Promise.all (index 0)
    at new Forecast (/shared/forecast.ts:3:1)
    at async file:///app/trigger/late.ts:1:2
    at wrap (/app/node_modules/p-retry/index.js:20:1)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`;
  assert.deepEqual(userFrames(stack, "/app"), [
    "at findCity (src/cities.ts:7:11)",
    "at trigger/weather.ts:12:5",
    "at async run (trigger/with space.ts:20:3)",
    "at new Forecast (../shared/forecast.ts:3:1)",
    "at trigger/late.ts:1:2",
  ]);
});

test("a stack without a frame of the user's shows its first ones, and no stack shows none", () => {
  const stack = `Error: x
    at wrap (/app/node_modules/p-retry/index.js:20:1)
    at a (node:internal/timers:1:1)
    at b (node:internal/timers:2:1)
    at c (node:internal/timers:3:1)`;
  assert.deepEqual(userFrames(stack, "/app"), [
    "at wrap (/app/node_modules/p-retry/index.js:20:1)",
    "at a (node:internal/timers:1:1)",
    "at b (node:internal/timers:2:1)",
  ]);
  assert.deepEqual(userFrames("Error: x", "/app"), []);
});
