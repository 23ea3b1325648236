/** The kinds of tasks in chaos rounds. The kind decides how a run must end. */
export const taskKinds = ["quick", "slow", "flaky", "failing", "single"] as const;

/** One of `taskKinds`; also the task's id. */
export type TaskKind = (typeof taskKinds)[number];

/** How a run of each kind must end: its status and its counted attempts. */
export const expectedEnds: Readonly<Record<TaskKind, { readonly status: string; readonly attempts: number }>> = {
  quick: { status: "completed", attempts: 1 },
  slow: { status: "completed", attempts: 1 },
  flaky: { status: "completed", attempts: 2 },
  failing: { status: "failed", attempts: 2 },
  single: { status: "completed", attempts: 1 },
};

/** The payload of each task. */
export interface ChaosPayload {
  /** The number of the trigger in its round. */
  readonly n: number;
  readonly file: string;
  /** How long the task takes, in milliseconds. */
  readonly ms: number;
}

/** Tasks that record each start and end of an attempt in one file, in the order in which they happen. */
export const chaosTasks = `import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { task } from "@baton/sdk";

interface Payload { n: number; file: string; ms: number }

const retry = { maxAttempts: 2, minTimeoutInMs: 50, randomize: false };

async function body({ file, ms, n }: Payload, { ctx }: { ctx: any }, isFailing = false) {
  const note = (what: string) => appendFileSync(file, \`\${what} \${ctx.run.id} \${ctx.attempt.id} \${ctx.attempt.number}\\n\`);
  note("start");
  if (ms > 0) await sleep(ms);
  note("end");
  if (isFailing) throw new Error("planned");
  return { n, doubled: n * 2 };
}

export const quick = task({ id: "quick", retry, run: async (payload: Payload, options) => body(payload, options) });
export const slow = task({ id: "slow", retry, run: async (payload: Payload, options) => body(payload, options) });
export const flaky = task({
  id: "flaky",
  retry,
  run: async (payload: Payload, options) => body(payload, options, options.ctx.attempt.number === 1),
});
export const failing = task({ id: "failing", retry, run: async (payload: Payload, options) => body(payload, options, true) });
export const single = task({
  id: "single",
  retry,
  queue: { concurrencyLimit: 1 },
  run: async (payload: Payload, options) => body(payload, options),
});
`;
