import { writeSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type BuiltVersion, readManifest } from "@baton/runner/internal/build/manifest";
import { installModuleRuntime } from "@baton/runner/internal/thread/module-runtime";
import { installRuntime } from "@baton/runner/internal/thread/runtime";
import { TaskLoader } from "@baton/runner/internal/thread/task-loader";
import { evaluate } from "./evaluation.ts";

// Evaluates the task "main" of the version whose folder is named on the command line, in a thread, by the loader of Baton's
// worker threads, and prints what happened as the last line.
if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: process.argv[2] });
  worker.on("message", (result) => {
    writeSync(1, `\n${JSON.stringify(result)}\n`);
    process.exit();
  });
} else {
  parentPort?.postMessage(await evaluateVersion(await readManifest(workerData as string)));
}

async function evaluateVersion(version: BuiltVersion) {
  process.setSourceMapsEnabled(true);
  const loader = new TaskLoader();
  installModuleRuntime();
  installRuntime(
    (task) => loader.taskDefined(task),
    () => undefined,
    (hook) => loader.registerHook(hook),
  );
  loader.addVersion({ ...version, version: "1", environment: "PRODUCTION" });
  const result = await evaluate(async () => {
    const loaded = await loader.load("1", "main");
    if ("record" in loaded) return { id: loaded.record.id, run: () => loaded.record.run(undefined, {} as never) };
    throw Object.assign(new Error(JSON.stringify(loaded.end)), { name: "LoadFailure" });
  });
  return JSON.parse(JSON.stringify(result));
}
