import { parentPort, workerData } from "node:worker_threads";
import type { ThreadStart } from "./thread-protocol.ts";
import { ThreadServer } from "./thread-server.ts";

if (parentPort === null) throw new Error("This file runs in a worker thread only; SqliteStore starts it.");
new ThreadServer(parentPort, workerData as ThreadStart).start();
