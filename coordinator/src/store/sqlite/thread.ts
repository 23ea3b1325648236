import { parentPort, workerData } from "node:worker_threads";
import { IdleCollection } from "../../idle-collection.ts";
import type { ThreadStart } from "./thread-protocol.ts";
import { ThreadServer } from "./thread-server.ts";

if (parentPort === null) throw new Error("This file runs in a worker thread only; SqliteStore starts it.");
new ThreadServer(parentPort, workerData as ThreadStart).start();
// The thread has a heap of its own, which a burst fills with rows and texts.
new IdleCollection().start();
