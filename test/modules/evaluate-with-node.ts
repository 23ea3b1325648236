import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { evaluate, findMain } from "./evaluation.ts";

// A thread that evaluates the file of its `workerData` as Node.js does.
const result = await evaluate(async () => findMain(await import(pathToFileURL(workerData as string).href)));
parentPort?.postMessage(result);
