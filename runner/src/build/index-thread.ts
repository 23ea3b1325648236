import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { BatonRuntime, TaskRecord } from "@baton/sdk";
import { describeValue } from "./describe-value.ts";
import { type ImportedTask, type ImportRequest, type IndexReport, wantedExports } from "./index-protocol.ts";

// The SDK itself is not loaded here: the project brings its own, and it is found by these registered symbols.
const runtimeKey = Symbol.for("baton.runtime.v1");
const taskKey = Symbol.for("baton.task.v1");

const port = parentPort;
const { files, configFile } = workerData as Pick<ImportRequest, "files" | "configFile">;
const definedIn = new Map<object, string>();
const exported = new Set<object>();
let current = "";

const runtime: BatonRuntime = {
  protocol: 1,
  taskDefined: (task) => void definedIn.set(task, current),
  currentAttempt: () => undefined,
};
Object.defineProperty(globalThis, runtimeKey, { value: runtime });

// A rejection that nobody handles, at the top of a task file, is that file's failure to load.
process.on("unhandledRejection", (reason) => {
  report({ type: "failed", file: current, reason: `a promise was rejected and not handled: ${reasonOf(reason)}` });
});

for (const file of files) await importFile(file);
const unexported = [...definedIn].filter(([task]) => !exported.has(task));
report({
  type: "done",
  unexported: unexported.map(([task, file]) => ({ file, id: String(recordOf(task)?.id) })),
});

async function importFile(file: string): Promise<void> {
  current = file;
  report({ type: "importing", file });
  try {
    const namespace = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    if (file !== configFile) report({ type: "imported", module: { file, ...readExports(namespace) } });
  } catch (error) {
    report({ type: "failed", file, reason: reasonOf(error) });
  }
}

function readExports(namespace: Record<string, unknown>): { values: Record<string, unknown>; tasks: ImportedTask[] } {
  const values: Record<string, unknown> = {};
  const tasks: ImportedTask[] = [];
  for (const exportName of Object.keys(namespace).sort()) {
    const value = namespace[exportName];
    const record = recordOf(value);
    if (record === undefined) {
      if (wantedExports.has(exportName)) values[exportName] = describeValue(value);
    } else if (!exported.has(value as object)) {
      exported.add(value as object);
      const { id, options, parsePayload } = record;
      tasks.push({ exportName, id, options: describeValue(options), hasParser: parsePayload !== undefined });
    }
  }
  return { values, tasks };
}

function recordOf(value: unknown): TaskRecord | undefined {
  if (typeof value !== "object" && typeof value !== "function") return undefined;
  return (value as { [taskKey]?: TaskRecord } | null)?.[taskKey];
}

function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
  } catch {
    return "something was thrown that cannot be shown";
  }
}

function report(message: IndexReport): void {
  port?.postMessage(message);
}
