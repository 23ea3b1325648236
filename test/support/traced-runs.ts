import { existsSync, readFileSync } from "node:fs";
import { configure, type RetrievedRun, runs, tasks } from "@baton/sdk";
import { Cluster } from "./cluster.ts";
import { Project } from "./project.ts";
import { runBaton } from "./service.ts";

/** One call of a function around `run`, as recorded by the code of a traced project. */
export interface TracedCall {
  /** For example `T.onStart`; `G.` for global ones. */
  readonly name: string;
  readonly attempt: number;
  readonly [member: string]: unknown;
}

/** A run that has ended, with the calls in it. */
export interface TracedRun {
  readonly run: RetrievedRun;
  readonly calls: readonly TracedCall[];
  /** The names of the calls, in order. */
  readonly names: readonly string[];
}

/** A line that a run stored. */
export interface StoredLine {
  readonly level: string;
  readonly message: string;
}

/**
 * The module of a traced project. Its `act` records one call in the run's file, and then does what the payload plans
 * for it: `{ throws }` or `{ returns }`, or a list of these with one for each attempt.
 */
const traceModule = `import { appendFileSync } from "node:fs";

export interface Step { throws?: string; returns?: unknown }
export interface Traced { file: string; plan?: Record<string, Step | (Step | null)[]> }

export function note(payload: Traced | undefined, name: string, params: any, more: object = {}): void {
  if (payload?.file === undefined) return;
  const { init, output, error, result, retryDelayInMs, retryAt } = params;
  const shown = { init, output, error: error?.message ?? error, result, retryDelayInMs, retryAt };
  if (result?.error instanceof Error) shown.result = { ...result, error: result.error.message };
  appendFileSync(payload.file, JSON.stringify({ name, attempt: params.ctx.attempt.number, ...shown, ...more }) + "\\n");
}

export function act(payload: Traced, name: string, params: any): any {
  note(payload, name, params);
  const planned = payload?.plan?.[name];
  const step = Array.isArray(planned) ? planned[params.ctx.attempt.number - 1] : planned;
  if (step?.throws !== undefined) throw new Error(step.throws);
  return step?.returns;
}
`;

/** A project on its own cluster whose runs record the calls in them. */
export class TracedRuns implements AsyncDisposable {
  readonly cluster: Cluster;
  readonly project: Project;
  #count = 0;

  private constructor(project: Project, cluster: Cluster) {
    this.project = project;
    this.cluster = cluster;
  }

  /**
   * Starts coordinator and runner.
   *
   * @param files - the project's files; they import `act` and `note` from `../trace.ts`
   */
  static async start(
    files: Readonly<Record<string, string>>,
    runnerArgs: readonly string[] = ["--concurrency", "8", "--memory", "16"],
  ): Promise<TracedRuns> {
    const project = await Project.create({ "trace.ts": traceModule, ...files });
    try {
      const cluster = await Cluster.start({ projectDir: project.dir, runnerArgs });
      configure({ coordinator: cluster.address });
      return new TracedRuns(project, cluster);
    } catch (error) {
      await project[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Returns a file for the records of one run. `calls` reads it. */
  newFile(): { readonly file: string; readonly calls: () => readonly TracedCall[] } {
    this.#count += 1;
    const file = this.project.path(`calls-${this.#count}.jsonl`);
    const calls = () =>
      existsSync(file)
        ? readFileSync(file, "utf8")
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as TracedCall)
        : [];
    return { file, calls };
  }

  /** Triggers a run and waits for its end. Adds the file for its records to the payload. */
  async run(
    taskId: string,
    payload: Readonly<Record<string, unknown>> = {},
    options: Parameters<typeof tasks.trigger>[2] = {},
  ): Promise<TracedRun> {
    const { file, calls: read } = this.newFile();
    const handle = await tasks.trigger(taskId, { file, ...payload }, options);
    const run = await runs.poll(handle.id, { pollIntervalMs: 100 });
    const calls = read();
    return { run, calls, names: calls.map(({ name }) => name) };
  }

  /** Returns the stored lines of a run. */
  async logsOf({ id }: { readonly id: string }): Promise<readonly StoredLine[]> {
    const { stdout } = await runBaton(["runs", "logs", id, "--coordinator", this.cluster.address, "--json"]);
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as StoredLine);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
    await this.project[Symbol.asyncDispose]();
  }
}
