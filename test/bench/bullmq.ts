import { RedisServer } from "./redis-server.ts";

// BullMQ is not a dependency, so these are the parts of it that the benches use.

/** BullMQ's exports. */
export interface BullMq {
  readonly Queue: new (name: string, options: BullOptions) => BullQueue;
  readonly QueueEvents: new (name: string, options: BullOptions) => BullEvents;
  readonly Worker: new (name: string, processor: string | BullProcessor, options: BullWorkerOptions) => BullWorker;
}

export interface BullOptions {
  readonly connection: { readonly host: string; readonly port: number };
}

export interface BullWorkerOptions extends BullOptions {
  readonly concurrency: number;
  readonly useWorkerThreads?: boolean;
}

export interface BullJob {
  readonly id: string;
  readonly data: { readonly n: number; readonly text: string };
  readonly returnvalue: unknown;
  waitUntilFinished(events: BullEvents): Promise<unknown>;
}

export type BullProcessor = (job: BullJob) => Promise<unknown>;

export interface BullQueue {
  add(name: string, data: object): Promise<BullJob>;
  getCompletedCount(): Promise<number>;
  getCompleted(start: number, end: number): Promise<readonly BullJob[]>;
  close(): Promise<void>;
}

export interface BullEvents {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

export interface BullWorker {
  waitUntilReady(): Promise<unknown>;
}

/** The message when there is nothing to compare with. */
export const howToGetBullMq =
  "The comparison needs BullMQ and Redis: npm install --no-save bullmq@6 ioredis@5, and redis-server on the PATH " +
  "(apt-get install redis-server, brew install redis).";

/** Returns BullMQ; undefined when it, its Redis client or Redis is not installed. */
export async function findBullMq(): Promise<BullMq | undefined> {
  if (!RedisServer.isInstalled()) return undefined;
  // Not literals, because the compiler would look for the packages.
  const [name, client] = ["bullmq", "ioredis"];
  try {
    await import(client);
    return (await import(name)) as BullMq;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
