import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { BatonRuntime, TaskRecord } from "@baton/sdk";
import { findExported, loadExports, type ModuleExports, readConfigExports } from "../../thread/module-exports.ts";
import { installModuleRuntime } from "../../thread/module-runtime.ts";
import { isTask, recordOf } from "../../thread/task-record.ts";
import { describeValue } from "../definition/describe-value.ts";
import type { ImportedModule, ImportedTask, ImportRequest, IndexReport } from "./index-protocol.ts";
import { ThrownPlace } from "./thrown-place.ts";

// This file does not load the SDK: the project has its own copy, which finds the runtime by a registered symbol.
const runtimeKey = Symbol.for("baton.runtime.v1");

const port = parentPort;
const { files, configFile, readsConfig } = workerData as Pick<ImportRequest, "files" | "configFile" | "readsConfig">;
const place = new ThrownPlace(path.dirname(files[0] ?? ""));
const definedIn = new Map<object, string>();
const exported = new Set<object>();
let current = "";

const runtime: BatonRuntime = {
  protocol: 1,
  taskDefined: (task) => void definedIn.set(task, current),
  currentAttempt: () => undefined,
};
Object.defineProperty(globalThis, runtimeKey, { value: runtime });
installModuleRuntime();

// An unhandled rejection at the top of a task file counts as that file's failure to load.
process.on("unhandledRejection", (reason) => {
  report({ type: "failed", file: current, reason: `a promise was rejected and not handled: ${reasonOf(reason)}` });
});

for (const file of files) await importFile(file);
const unexported = [...definedIn].flatMap(([task, file]) =>
  exported.has(task) || !isTask(task) ? [] : [{ file, ...describeTask(recordOf(task)) }],
);
report({ type: "done", unexported });

async function importFile(file: string): Promise<void> {
  current = file;
  report({ type: "importing", file });
  try {
    const exports = await loadExports(file);
    if (file !== configFile) report({ type: "imported", module: { file, values: {}, tasks: readTasks(exports) } });
    else if (readsConfig) report({ type: "imported", module: readConfig(file, exports) });
  } catch (error) {
    const isUnplaced = error instanceof SyntaxError && place.find(error) === undefined;
    report({ type: "failed", file, reason: reasonOf(error), isUnplaced });
  }
}

function readTasks(exports: ModuleExports): ImportedTask[] {
  const found = findExported(exports, isTask);
  const isNew = ([, task]: (typeof found)[number], index: number) =>
    !exported.has(task) && found.findIndex(([, other]) => other === task) === index;
  const tasks = found.filter(isNew);
  for (const [, task] of tasks) exported.add(task);
  return tasks.map(([exportName, task]) => ({ exportName, ...describeTask(recordOf(task)) }));
}

function readConfig(file: string, exports: ModuleExports): ImportedModule {
  const values = Object.entries(readConfigExports(exports)).filter(([, value]) => value !== undefined);
  return { file, values: Object.fromEntries(values.map(([name, value]) => [name, describeValue(value)])), tasks: [] };
}

function describeTask({ id, options, parsePayload }: TaskRecord): Omit<ImportedTask, "exportName"> {
  return { id, options: describeValue(options), hasParser: parsePayload !== undefined };
}

function reasonOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return `thrown: ${String(error)}`;
    const where = place.find(error);
    return place.rename(`${error.name}: ${error.message}`) + (where === undefined ? "" : ` (${where})`);
  } catch {
    return "something was thrown that cannot be shown";
  }
}

function report(message: IndexReport): void {
  port?.postMessage(message);
}
