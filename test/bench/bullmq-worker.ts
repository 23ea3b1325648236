import { findBullMq, howToGetBullMq } from "./bullmq.ts";

// The process of a BullMQ worker. Arguments: port of Redis, queue, concurrency, and perhaps the file of a processor for
// worker threads.

const [port, queue = "", concurrency, file] = process.argv.slice(2);
const bullMq = await findBullMq();
if (bullMq === undefined) throw new Error(howToGetBullMq);
// Each of BullMQ's threads listens to these.
process.stdout.setMaxListeners(0);
process.stderr.setMaxListeners(0);
const options = { connection: { host: "127.0.0.1", port: Number(port) }, concurrency: Number(concurrency) };
const worker =
  file === undefined
    ? new bullMq.Worker(queue, async ({ data }) => ({ n: data.n * 2, text: data.text }), options)
    : new bullMq.Worker(queue, file, { ...options, useWorkerThreads: true });
process.once("disconnect", () => process.exit());
await worker.waitUntilReady();
process.send?.("ready");
