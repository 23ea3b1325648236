import { Worker } from "node:worker_threads";
import { taskEnvironment } from "../task-environment.ts";
import type { ImportRequest, IndexReport } from "./index-protocol.ts";

// The project's code runs in this separate process, never in the runner's, and there in a thread, as tasks do, so that
// this process can report how the thread ended.
process.on("disconnect", () => process.exit());
process.on("message", (request: ImportRequest) => importInThread(request));
send({ type: "ready" });

function importInThread({ files, configFile, readsConfig, env, heapMb }: ImportRequest): void {
  const thread = new Worker(new URL("./index-thread.js", import.meta.url), {
    workerData: { files, configFile, readsConfig },
    env: taskEnvironment(process.env, env),
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
    execArgv: [],
  });
  let isDone = false;
  thread.on("message", (report: IndexReport) => {
    send(report);
    if (report.type !== "done") return;
    isDone = true;
    void thread.terminate();
  });
  let reason: string | undefined;
  thread.on("error", (error: NodeJS.ErrnoException) => {
    reason =
      error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? `it needs more than ${heapMb} MB of memory while it is imported`
        : `${error.name}: ${error.message}`;
  });
  thread.on("exit", (code) => {
    if (isDone) return;
    const silentEnd =
      code === 0 || code === 13
        ? "it never finishes loading: an await at its top level waits for something that cannot happen"
        : `it ends its process with exit code ${code} while it is imported`;
    send({ type: "ended", reason: reason ?? silentEnd });
  });
}

function send(report: IndexReport): void {
  if (process.connected) process.send?.(report);
}
