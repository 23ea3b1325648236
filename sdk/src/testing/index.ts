export { type RunTaskOptions, runTask, type TestedAttempt, type TestedRun } from "./run-task.ts";
export { createTestClock, type TestClock } from "./test-clock.ts";
export type { LogLine } from "./test-log.ts";
