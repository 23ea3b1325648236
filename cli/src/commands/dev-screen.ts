import { relative } from "node:path";
import type { Run, RunLogs } from "@baton/coordinator";
import type { AnnouncedVersion, EnvironmentChange, TaskChange } from "@baton/runner";
import { commandName } from "../show/command-line.ts";
import { type Draining, drainText } from "../show/drain-text.ts";
import { eventLine } from "../show/event-line.ts";
import { logLine } from "../show/log-line.ts";
import type { Output } from "../show/output.ts";
import { wrapLine } from "../show/text-width.ts";
import { userFrames } from "../show/user-frames.ts";
import { failureOf, newsFilter, runChangeFromCore } from "./dev-events.ts";

/** Options of what `baton dev` shows. */
export interface DevScreenOptions {
  readonly output: Output;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Absolute path. */
  readonly projectDir: string;
  /** Milliseconds between looks at the files; absent when events of the file system report changes. */
  readonly pollMs: number | undefined;
}

const changesAtMost = 10;
const filesAtMost = 3;
const labelWidth = "watching  ".length;

/** Prints everything that `baton dev` shows about the project and its runs. */
export class DevScreen {
  readonly #options: DevScreenOptions;
  readonly #output: Output;
  readonly #isNews = newsFilter();
  #hasVersion = false;
  #hasTasks = false;

  constructor(options: DevScreenOptions) {
    this.#options = options;
    this.#output = options.output;
  }

  /** Prints where the coordinator listens; `wanted` is the default address, if that was taken. */
  showAddress(address: string, batonDir: string, wanted: string | undefined): void {
    const where = relative(this.#options.cwd, batonDir) || ".";
    this.#print(`coordinator on ${address}, data and token in ${where}`);
    if (wanted !== undefined && wanted !== address) {
      this.#note(
        `${wanted} is taken by another process, so this is the next free port. Commands in this folder find it.`,
      );
    }
  }

  /** Prints how many runs a killed process left; nothing is known of them until their lease ends. */
  showCutOff(count: number, limit: number): void {
    const runs = count === 1 ? "1 run was" : `${count < limit ? count : `at least ${limit}`} runs were`;
    this.#print(
      `${runs} under way when this ended last; what ran starts again when its lease ends, after 10 s by default`,
    );
  }

  /** Prints the registered tasks: all of them at the start, later the changed ones. */
  showVersion({ version, tasks, isPartial, changes, editedFiles }: AnnouncedVersion): void {
    const count = `version ${version} with ${tasks.length} ${tasks.length === 1 ? "task" : "tasks"}`;
    const isFirst = !this.#hasVersion;
    this.#hasVersion = true;
    this.#print(isFirst || editedFiles.length === 0 ? count : `${count} after an edit of ${listText(editedFiles)}`);
    if (isFirst) for (const { id, filePath } of tasks) this.#row(id, filePath);
    else for (const change of changes?.slice(0, changesAtMost) ?? []) this.#change(change);
    const left = isFirst ? 0 : (changes?.length ?? 0) - changesAtMost;
    if (left > 0) this.#print(`  and ${left} more`);
    if (tasks.length === 0 && !isPartial) this.#showNoTasks();
    const [first] = tasks;
    if (first === undefined || this.#hasTasks) return;
    this.#hasTasks = true;
    this.#showWhatToDo(tasks, first.id);
  }

  /** Prints task files that cannot be loaded. */
  showProblems(problems: readonly Error[], leftOut: readonly string[] | undefined): void {
    for (const problem of problems) {
      const [first, ...others] = problem.message.split("\n");
      const code = "code" in problem && typeof problem.code === "string" ? ` [${problem.code}]` : "";
      this.#note(`${this.#output.paint("red", "error:", "err")} ${first}${code}`);
      for (const line of others) this.#note(line);
    }
    this.#note(`${this.#consequence(leftOut)} The next change of a file loads them again.`);
  }

  /** Prints that all task files can be loaded again. */
  showMended(): void {
    this.#note("The files can be loaded again; nothing else changed, so the tasks stay as they are.");
  }

  /** Prints that somebody deleted the folder with the database, which is still open. */
  showFolderLost(batonDir: string): void {
    const where = relative(this.#options.cwd, batonDir) || ".";
    this.#note(`${where} was deleted. Its token and address are written again; its runs are gone when baton dev ends.`);
  }

  /** Prints that files of variables changed. */
  showEnvironment({ files, variables }: EnvironmentChange): void {
    const seen =
      variables.length === 0
        ? "tasks see the same variables as before; those of the shell that started baton dev win"
        : `runs that start from now on see it: ${listText(variables)}`;
    this.#print(`${listText(files)} changed, and ${seen}`);
  }

  /** Prints a change of a run, if it is new. */
  showRun(run: Run): void {
    if (!this.#isNews(run)) return;
    this.#output.print(eventLine(runChangeFromCore(run), this.#output));
    for (const { message, stackTrace } of failureOf(run)) {
      for (const line of message.split("\n")) this.#print(`  ${line}`, 4);
      for (const frame of userFrames(stackTrace, this.#options.projectDir)) {
        this.#print(this.#output.paint("dim", `    ${frame}`), 6);
      }
    }
  }

  /** Prints the lines of tasks in one write, because a loop may print thousands of lines. */
  showLogs(logs: readonly RunLogs[]): void {
    const lines = logs.flatMap(({ runId, entries }) =>
      entries.map((entry) => logLine(entry, this.#output, "out", runId)),
    );
    this.#output.print(lines.join("\n"));
  }

  /** Prints that the process stops. */
  showDraining(draining: Draining): void {
    this.#note(drainText(draining));
  }

  #consequence(leftOut: readonly string[] | undefined): string {
    if (leftOut !== undefined) {
      return `Tasks of ${listText(leftOut)} are left out, and those of other files are loaded.`;
    }
    return this.#hasVersion ? "The tasks that were loaded before stay." : "No task is loaded.";
  }

  #showNoTasks(): void {
    this.#note(
      'Tasks are exported from files in a folder named "trigger", or in those that dirs in baton.config.ts names. ' +
        `"${commandName(this.#options.env)} init" makes a first one.`,
    );
  }

  #showWhatToDo(tasks: AnnouncedVersion["tasks"], taskId: string): void {
    const { projectDir, cwd, env, pollMs } = this.#options;
    const folders = [...new Set(tasks.map(({ filePath }) => folderOf(filePath)))];
    const how = pollMs === undefined ? "" : `, every ${pollMs} ms`;
    const folder = relative(cwd, projectDir);
    const enter = folder === "" ? "" : `cd ${folder} && `;
    this.#print(`watching  ${listText(folders)}, what is imported there, settings and .env files${how}`, labelWidth);
    // The line is not broken, so that it can be copied.
    this.#output.print(`trigger   ${enter}${commandName(env)} trigger ${taskId} --payload '{}' --wait`);
    this.#print("stop      Ctrl-C");
  }

  #change({ type, id, filePath }: TaskChange): void {
    this.#row(`${type.padEnd("removed".length)}  ${id}`, filePath);
  }

  #row(left: string, filePath: string): void {
    this.#output.printLine(`  ${left}  ${this.#output.paint("dim", filePath)}`);
  }

  #print(text: string, indent = 2): void {
    const { columns } = this.#output;
    this.#output.print(columns === undefined ? text : wrapLine(text, columns, indent));
  }

  #note(text: string): void {
    const { noteColumns } = this.#output;
    this.#output.note(noteColumns === undefined ? text : wrapLine(text, noteColumns, 0));
  }
}

function listText(names: readonly string[]): string {
  const left = names.length - filesAtMost;
  return left > 0 ? `${names.slice(0, filesAtMost).join(", ")} and ${left} more` : names.join(", ");
}

/** Returns the first folder of a path, such as `trigger/`. */
function folderOf(filePath: string): string {
  const end = filePath.startsWith("../") ? filePath.lastIndexOf("/") : filePath.indexOf("/");
  return end === -1 ? "." : filePath.slice(0, end + 1);
}
