import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import type { Assignment } from "./assignment.ts";
import { HeldAttempt } from "./held-attempt.ts";

/** Returns an assignment with this attempt id. */
export function makeAssignment(attemptId: string, part: Partial<Assignment> = {}): Assignment {
  return {
    runId: `run_${attemptId}` as RunId,
    attemptId: attemptId as AttemptId,
    taskId: "task",
    version: "20260101.1",
    machine: "small-1x",
    attemptNumber: 1,
    maxOutputBytes: 1_000,
    isSolo: false,
    body: "",
    ...part,
  };
}

/** Returns an attempt that was received at time 0. */
export function makeHeld(attemptId: string, part: Partial<Assignment> = {}): HeldAttempt {
  return new HeldAttempt(makeAssignment(attemptId, part), 0);
}
