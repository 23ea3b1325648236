/** The effects of evaluating a project. */
export interface Evaluation {
  /** Values that its files pushed to `globalThis.trace`, in order. */
  readonly trace: readonly unknown[];
  /** The result of the task. */
  readonly value?: unknown;
  /** Why the file could not be loaded or the task threw. */
  readonly error?: { readonly name: string; readonly code?: unknown; readonly message: string };
}

/** The definition in a task object of the SDK. */
export interface FoundTask {
  readonly id: string;
  readonly run: (payload: undefined, params: object) => unknown;
}

const taskKey = Symbol.for("baton.task.v1");

/** Evaluates `load` and calls the task that it finds. The result can be sent to another thread. */
export async function evaluate(load: () => Promise<FoundTask>): Promise<Evaluation> {
  const trace: unknown[] = [];
  (globalThis as { trace?: unknown[] }).trace = trace;
  const result = await evaluateOnce(load, trace);
  return JSON.parse(JSON.stringify(result)) as Evaluation;
}

async function evaluateOnce(load: () => Promise<FoundTask>, trace: unknown[]): Promise<Evaluation> {
  try {
    const { run } = await load();
    return { trace, value: await run(undefined, {}) };
  } catch (thrown) {
    const { name, message, code } = thrown as Error & { code?: unknown };
    return { trace, error: { name, message, ...(code === undefined ? {} : { code }) } };
  }
}

/** Finds the task "main" among the exports of a module. */
export function findMain(exports: Readonly<Record<string, unknown>>): FoundTask {
  const all = [...Object.values(exports), ...Object.values((exports.default ?? {}) as object)];
  for (const value of all) {
    const record = (value as { readonly [taskKey]?: FoundTask } | null | undefined)?.[taskKey];
    if (record?.id === "main") return record;
  }
  throw new Error('No export is a task with the id "main".');
}
