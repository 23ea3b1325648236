export { type RunTaskOptions, runTask, type TestCall, type TestedAttempt, type TestedRun } from "./run-task.ts";
export { createTestClock, type TestClock } from "./test-clock.ts";
export type { LogLine } from "./test-log.ts";
export { createTestTriggers, type MadeTrigger, type TestTriggers, type TriggerRefusal } from "./test-triggers.ts";
