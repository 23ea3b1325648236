import type { OutcomeWithoutTexts } from "@baton/coordinator/internal/core/event";
import { type RetryPolicy, retryDelayMs } from "@baton/proto/contract/retry";
import type { SeededRandom } from "./seeded-random.ts";

/** What an attempt will do; decided when a thread gets it. */
export interface Behaviour {
  readonly type: "succeed" | "retry" | "fail" | "die" | "runOutOfMemory";
  readonly durationMs: number;
  /** Delay before the next attempt; only for `retry`. */
  readonly delayMs: number;
}

/** Chooses what an attempt will do. A thread retries by its policy, and fails finally when no attempt is left. */
export function chooseBehaviour(
  random: SeededRandom,
  attemptNumber: number,
  policy: RetryPolicy,
  maxAttempts: number | undefined,
): Behaviour {
  const durationMs = random.chance(0.15) ? random.between(2_000, 25_000) : random.between(0, 400);
  const draw = random.next();
  const delayMs = retryDelayMs(policy, attemptNumber, maxAttempts ?? policy.maxAttempts, random.next());
  if (draw < 0.55) return { type: "succeed", durationMs, delayMs: 0 };
  if (draw < 0.75 && delayMs !== undefined) return { type: "retry", durationMs, delayMs };
  if (draw < 0.87) return { type: "die", durationMs, delayMs: 0 };
  if (draw < 0.92) return { type: "runOutOfMemory", durationMs, delayMs: 0 };
  return { type: "fail", durationMs, delayMs: 0 };
}

/** Returns the end that is reported for a behaviour. */
export function endOf({ delayMs, type }: Behaviour): OutcomeWithoutTexts["end"] {
  switch (type) {
    case "succeed":
      return { type: "succeeded", hasOutput: true };
    case "retry":
      return failed("Error", { type: "retry", delayMs });
    case "fail":
      return failed("AbortTaskRunError", { type: "final", status: "failed" });
    case "die":
      return failed("Error", { type: "policy", status: "crashed" });
    case "runOutOfMemory":
      return {
        type: "failed",
        error: { type: "internal", code: "TASK_PROCESS_OOM_KILLED" },
        decision: { type: "policy", status: "crashed" },
      };
  }
}

function failed(name: string, decision: Extract<OutcomeWithoutTexts["end"], { type: "failed" }>["decision"]) {
  const error = { type: "builtIn", name, message: "simulated", stackTrace: "" } as const;
  return { type: "failed", error, decision } as const;
}
