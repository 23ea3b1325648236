import { availableParallelism } from "node:os";
import { BatonPeer } from "./baton-peer.ts";
import type { StoreChoice } from "./bench-store.ts";
import { findBullMq, howToGetBullMq } from "./bullmq.ts";
import { BullMqPeer } from "./bullmq-peer.ts";
import { type Figure, figureOf, ratiosOf } from "./figure.ts";
import type { Peer } from "./peer.ts";
import { RedisServer } from "./redis-server.ts";
import { percentile } from "./statistics.ts";

/** Worker threads, and concurrent jobs of BullMQ. */
const concurrency = 8 * availableParallelism();

/** How much each peer does in each round. */
export interface PeerOptions {
  readonly rounds: number;
  /** Runs for throughput. */
  readonly manyRuns: number;
  /** Runs one after another. */
  readonly singleRuns: number;
  /** No second or later round begins after this many milliseconds. @defaultValue no limit */
  readonly limitMs?: number;
}

/** The measurements of one peer, round by round. */
class Measured {
  readonly runsPerSecond: number[] = [];
  readonly cpuUs: number[] = [];
  readonly p50Ms: number[] = [];
  readonly p99Ms: number[] = [];
}

/**
 * Measures Baton and BullMQ, whose handler is in its worker process or in its sandboxed worker threads, in alternating
 * rounds: the same task, payloads, number of runs and concurrency. Measures Baton alone when BullMQ or Redis is missing.
 */
export async function benchPeers(dir: string, choice: StoreChoice, options: PeerOptions): Promise<readonly Figure[]> {
  const started: AsyncDisposable[] = [];
  try {
    const startedAt = performance.now();
    const peers = await startPeers(dir, choice, started);
    const measured = new Map(peers.map((peer) => [peer, new Measured()]));
    for (const peer of peers) await measure(peer, new Measured(), "warm-up", options);
    const isOver = () => performance.now() - startedAt > (options.limitMs ?? Number.POSITIVE_INFINITY);
    for (let round = 0; round < options.rounds && !(round > 0 && isOver()); round += 1) {
      // Another peer begins each round.
      const [late, early] = [peers.slice(0, round % peers.length), peers.slice(round % peers.length)];
      for (const peer of [...early, ...late]) {
        await measure(peer, measured.get(peer) ?? new Measured(), `round ${round + 1}`, options);
      }
    }
    for (const peer of peers) await peer.check();
    const [baton = new Measured(), inProcess, sandboxed] = measured.values();
    return [...figuresOf(baton), ...(inProcess && sandboxed ? comparisonOf(baton, inProcess, sandboxed) : [])];
  } finally {
    for (const peer of started.reverse()) await peer[Symbol.asyncDispose]();
  }
}

/** Starts Baton and, when it is installed, BullMQ in both forms. What was started is added to `started` at once. */
async function startPeers(dir: string, choice: StoreChoice, started: AsyncDisposable[]): Promise<readonly Peer[]> {
  const keep = <T extends AsyncDisposable>(one: T): T => {
    started.push(one);
    return one;
  };
  const baton = keep(await BatonPeer.start(dir, choice, concurrency));
  const bullMq = await findBullMq();
  if (bullMq === undefined) {
    console.log(`Without BullMQ. ${howToGetBullMq}`);
    return [baton];
  }
  const redis = keep(await RedisServer.start(dir));
  const inProcess = keep(await BullMqPeer.start(dir, bullMq, redis, { concurrency, isSandboxed: false }));
  const sandboxed = keep(await BullMqPeer.start(dir, bullMq, redis, { concurrency, isSandboxed: true }));
  return [baton, inProcess, sandboxed];
}

async function measure(
  peer: Peer,
  into: Measured,
  title: string,
  { manyRuns, singleRuns }: PeerOptions,
): Promise<void> {
  const { cpu, runsPerSecond } = await peer.executeMany(manyRuns);
  const times = await peer.executeOneByOne(singleRuns);
  const [p50Ms, p99Ms] = [percentile(times, 0.5), percentile(times, 0.99)];
  into.runsPerSecond.push(runsPerSecond);
  into.cpuUs.push(cpu.total);
  into.p50Ms.push(p50Ms);
  into.p99Ms.push(p99Ms);
  console.log(
    `${title.padEnd(8)} ${peer.name.padEnd(17)} ${runsPerSecond.toFixed(0).padStart(6)} runs/s, ` +
      `one at a time p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms, CPU a run ${cpu}`,
  );
}

function figuresOf(baton: Measured): readonly Figure[] {
  return [
    figureOf(1, "throughput_runs_per_s", baton.runsPerSecond),
    figureOf(1, "cpu_a_run_us", baton.cpuUs, { atMost: 160 }),
    figureOf(2, "latency_p50_ms", baton.p50Ms),
    figureOf(2, "latency_p99_ms", baton.p99Ms),
  ];
}

/** Returns Baton's measurements divided by those of BullMQ. */
function comparisonOf(baton: Measured, inProcess: Measured, sandboxed: Measured): readonly Figure[] {
  const throughput = (peer: Measured) => ratiosOf(baton.runsPerSecond, peer.runsPerSecond);
  return [
    figureOf(1, "throughput_to_bullmq_in_process_ratio", throughput(inProcess), { atLeast: 1 }),
    figureOf(1, "throughput_to_bullmq_sandboxed_ratio", throughput(sandboxed), { atLeast: 2 }),
    figureOf(1, "cpu_to_bullmq_in_process_ratio", ratiosOf(baton.cpuUs, inProcess.cpuUs)),
    figureOf(2, "latency_p50_to_bullmq_in_process_ratio", ratiosOf(baton.p50Ms, inProcess.p50Ms), { atMost: 2.5 }),
    figureOf(2, "latency_p99_to_bullmq_in_process_ratio", ratiosOf(baton.p99Ms, inProcess.p99Ms), { atMost: 2 }),
  ];
}
