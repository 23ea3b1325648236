import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, NotFoundError, runs, tasks } from "@baton/sdk";
import type { SeededRandom } from "../simulation/seeded-random.ts";
import type { ChaosPayload, TaskKind } from "./chaos-tasks.ts";
import type { CallerStory } from "./history.ts";

/** Number of triggers per second. */
export const triggersPerSecond = 100;
/** Limits how long a caller waits for the end of its run after the trigger was acknowledged, in milliseconds. */
const patienceMs = 150_000;
/** Limits how long a caller with an idempotency key repeats a failed trigger, in milliseconds. */
const repeatMs = 60_000;
const retry = { minTimeoutInMs: 200, maxTimeoutInMs: 3_000 };
/** Attempts of a call by callers that wait until the service is back, and by those that give up earlier. */
const maxAttempts = { patient: 12, hasty: 2 } as const;

/** The kinds of tasks, as often as their share of triggers. */
const mix = ["quick", "quick", "quick", "quick", "slow", "slow", "flaky", "failing", "single"] as const;

/** The plan of one caller. */
interface Plan {
  readonly n: number;
  readonly kind: TaskKind;
  readonly payload: ChaosPayload;
  readonly idempotencyKey: string | undefined;
  /** Whether the caller triggers again after the first trigger was acknowledged. */
  readonly isRepeated: boolean;
  readonly delay: string | undefined;
  readonly maxAttempts: number;
}

/** Independent callers that trigger at a steady rate and record the answers. */
export class Load {
  readonly #random: SeededRandom;
  readonly #file: string;

  /** @param file - the file in which the attempts of all runs record their lines */
  constructor(random: SeededRandom, file: string) {
    this.#random = random;
    this.#file = file;
  }

  /**
   * Triggers for `durationMs`. Resolves with the story of each caller when all of them know or gave up on the end of
   * their runs.
   */
  async run(durationMs: number): Promise<CallerStory[]> {
    const startedAt = performance.now();
    const callers: Promise<CallerStory>[] = [];
    for (let n = 0; n < (durationMs / 1_000) * triggersPerSecond; n += 1) {
      const dueInMs = (n * 1_000) / triggersPerSecond - (performance.now() - startedAt);
      if (dueInMs > 0) await sleep(dueInMs);
      callers.push(live(this.#plan(n)));
    }
    return await Promise.all(callers);
  }

  #plan(n: number): Plan {
    const random = this.#random;
    const kind = random.pick<TaskKind>(mix);
    const ms = { quick: 0, slow: random.between(200, 800), flaky: 5, failing: 5, single: 20 }[kind];
    return {
      n,
      kind,
      payload: { n, file: this.#file, ms },
      // A failed run releases its key, so another trigger rightly creates another run.
      idempotencyKey: random.chance(0.2) && kind !== "failing" ? `key ${n}` : undefined,
      isRepeated: random.chance(0.5),
      delay: random.chance(0.1) ? "1s" : undefined,
      maxAttempts: random.chance(0.7) ? maxAttempts.patient : maxAttempts.hasty,
    };
  }
}

async function live(plan: Plan): Promise<CallerStory> {
  const { idempotencyKey, kind, n } = plan;
  const story: CallerStory = {
    n,
    kind,
    acknowledged: [],
    refused: [],
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
  const until = performance.now() + repeatMs;
  do await trigger(plan, story);
  while (story.acknowledged.length === 0 && idempotencyKey !== undefined && performance.now() < until);
  const [id] = story.acknowledged;
  if (id === undefined) return story;
  if (idempotencyKey !== undefined && plan.isRepeated) await trigger(plan, story);
  await listen(id, story);
  return story;
}

async function trigger({ delay, idempotencyKey, kind, maxAttempts, payload }: Plan, story: CallerStory): Promise<void> {
  const options = {
    ...(delay !== undefined && { delay }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
  try {
    const { id } = await tasks.trigger(kind, payload, options, { timeoutMs: 4_000, retry: { ...retry, maxAttempts } });
    story.acknowledged.push(id);
  } catch (error) {
    story.refused.push(codeOf(error));
  }
}

/** Waits for the end of a run, through all connection failures. */
async function listen(id: string, story: CallerStory): Promise<void> {
  for (const until = performance.now() + patienceMs; performance.now() < until; await sleep(200)) {
    try {
      const { output, status } = await Promise.race([runs.poll(id), afterPatience(until)]);
      story.told = { status: toStoredName(status), output };
      return;
    } catch (error) {
      story.lost = codeOf(error);
      if (error instanceof NotFoundError) return;
    }
  }
}

async function afterPatience(until: number): Promise<never> {
  await sleep(Math.max(0, until - performance.now()), undefined, { ref: false });
  throw new Error(`no end within ${patienceMs / 1_000} s`);
}

function codeOf(error: unknown): string {
  return error instanceof ApiError ? error.code : String(error);
}

/** Returns the coordinator's internal name of a status: `systemFailure` for "SYSTEM_FAILURE". */
function toStoredName(status: string): string {
  return status.toLowerCase().replaceAll(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
