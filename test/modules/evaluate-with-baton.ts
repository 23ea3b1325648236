import { parentPort, workerData } from "node:worker_threads";
import { readManifest } from "@baton/runner/internal/build/manifest";
import { installModuleRuntime } from "@baton/runner/internal/thread/module-runtime";
import { installRuntime } from "@baton/runner/internal/thread/runtime";
import { TaskLoader } from "@baton/runner/internal/thread/task-loader";
import { evaluate } from "./evaluation.ts";

// A thread that evaluates the task "main" of the version whose folder is its `workerData`, by the loader of Baton's
// worker threads.
process.setSourceMapsEnabled(true);
const loader = new TaskLoader();
installModuleRuntime();
installRuntime(
  (task) => loader.taskDefined(task),
  () => undefined,
  (hook) => loader.registerHook(hook),
);
const version = await readManifest(workerData as string);
loader.addVersion({ ...version, version: "1", environment: "PRODUCTION" });
const result = await evaluate(async () => {
  const loaded = await loader.load("1", "main");
  if ("record" in loaded) return { id: loaded.record.id, run: () => loaded.record.run(undefined, {} as never) };
  throw Object.assign(new Error(JSON.stringify(loaded)), { name: "LoadFailure" });
});
parentPort?.postMessage(result);
