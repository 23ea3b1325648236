import type { RegisteredHook, TaskRecord } from "../attempt/runtime.ts";
import type { LifeEnd } from "./attempt-end.ts";
import { AttemptLife } from "./attempt-life.ts";
import type { FailureCircumstances } from "./error-decision.ts";
import { HookTable, readHooks, withRegistered } from "./hook-table.ts";
import { type LifeClock, systemClock } from "./life-clock.ts";

/** Options of a task and global hooks, as the executor finds them. */
export interface LifeUnderTest {
  readonly run?: TaskRecord["run"];
  readonly parsePayload?: (payload: unknown) => unknown;
  /** The task's hooks. */
  readonly task?: Readonly<Record<string, unknown>>;
  /** The configuration's hooks. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Hooks passed to `tasks.*`. */
  readonly registered?: readonly RegisteredHook[];
  readonly payload?: unknown;
  readonly payloadText?: string;
  readonly circumstances?: Partial<FailureCircumstances>;
  readonly clock?: LifeClock;
}

/** A started attempt. */
export interface LifeUnderWay {
  readonly life: AttemptLife;
  readonly ended: Promise<{ readonly end: LifeEnd; readonly isClean: boolean }>;
  readonly warnings: readonly string[];
  /** Whether the life asked for the long grace. */
  readonly isCanceling: () => boolean;
}

const retry = { maxAttempts: 3, factor: 2, minTimeoutMs: 1000, maxTimeoutMs: 60_000, randomize: false };

/** Starts one attempt. */
export function beginLife(parts: LifeUnderTest): LifeUnderWay {
  const warnings: string[] = [];
  let isCanceling = false;
  let tellEnd: (ended: { end: LifeEnd; isClean: boolean }) => void = () => undefined;
  const ended = new Promise<{ end: LifeEnd; isClean: boolean }>((resolve) => {
    tellEnd = resolve;
  });
  let globals = readHooks(parts.config ?? {}, "positional");
  for (const hook of parts.registered ?? []) globals = withRegistered(globals, hook);
  const life = new AttemptLife({
    task: { id: "subject", run: parts.run ?? (() => "out"), parsePayload: parts.parsePayload },
    hooks: new HookTable(globals, readHooks(parts.task ?? {}, "positional")),
    payloadText: parts.payloadText ?? (parts.payload === undefined ? "" : JSON.stringify(parts.payload)),
    circumstances: {
      attemptNumber: 1,
      maxAttempts: 3,
      retry,
      areRetriesEnabled: true,
      random: () => 0.5,
      ...parts.circumstances,
    },
    host: {
      ctx: { run: { id: "run_1" } },
      clock: parts.clock ?? systemClock,
      warn: (message) => warnings.push(message),
      canceling: () => {
        isCanceling = true;
      },
      ended: (end, isClean) => tellEnd({ end, isClean }),
    },
  });
  void life.run();
  return { life, ended, warnings, isCanceling: () => isCanceling };
}

/** Executes one attempt to its end. */
export async function executeLife(parts: LifeUnderTest): Promise<{
  readonly end: LifeEnd;
  readonly isClean: boolean;
  readonly warnings: readonly string[];
}> {
  const { ended, warnings } = beginLife(parts);
  return { ...(await ended), warnings };
}
