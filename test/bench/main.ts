import { Console } from "node:console";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchBacklog } from "./backlog.ts";
import { benchBacklogWithRunner } from "./backlog-with-runner.ts";
import { chooseStore, type StoreChoice } from "./bench-store.ts";
import { findBullMq, howToGetBullMq } from "./bullmq.ts";
import { describeEnvironment } from "./environment.ts";
import { type Figure, isReached, pointTitles, printLines, printTable } from "./figure.ts";
import { benchHalfLoad } from "./half-load.ts";
import { benchHooks } from "./hooks.ts";
import { benchHostile } from "./hostile.ts";
import { benchIdle } from "./idle.ts";
import { benchLatency } from "./latency.ts";
import { benchMongo } from "./mongo.ts";
import { benchPayloads } from "./payloads.ts";
import { benchPeers } from "./peers.ts";
import { benchPiscinaForms } from "./piscina-forms.ts";
import { benchQueues } from "./queues.ts";
import { benchRecovery } from "./recovery.ts";
import { benchRunDocuments } from "./run-documents.ts";
import { benchScaling } from "./scaling.ts";
import { benchStop } from "./stop.ts";
import { benchStoreFile } from "./store-file.ts";
import { benchThroughput } from "./throughput.ts";
import { benchTriggers } from "./triggers.ts";

const { positionals: asked, values } = parseArgs({
  allowPositionals: true,
  options: {
    store: { type: "string" },
    /** The daily measurement, in less than a minute. */
    quick: { type: "boolean", default: false },
    /** Only the figures on stdout, as JSON. */
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    // For the benches of queues and of backlogs.
    runs: { type: "string" },
    queues: { type: "string" },
    kinds: { type: "string", default: "queued,delayed" },
  },
});
const rounds = Number(values.rounds);
const isAll = asked.length === 0 && !values.quick;
const runsOr = (byDefault: number) => (values.runs === undefined ? byDefault : Number(values.runs));
const queuesOr = (...byDefault: readonly number[]) => values.queues?.split(",").map(Number) ?? byDefault;
const stdout = console;
// What the benches print goes to stderr, so that stdout holds the figures only.
if (values.json) globalThis.console = new Console(process.stderr, process.stderr);

/** The benches of the ten points of docs/performance.md, in their order. Without arguments, all of them run. */
const pointBenches: Readonly<Record<string, (dir: string, store: StoreChoice) => Promise<readonly Figure[]>>> = {
  peers: (dir, store) => benchPeers(dir, store, { rounds, manyRuns: 8_000, singleRuns: 300 }),
  "half-load": (dir) => benchHalfLoad(dir, rounds),
  // Five rounds of it take as long as all other benches together.
  queues: (dir, store) =>
    benchQueues(dir, store, { rounds: isAll ? 1 : rounds, runs: runsOr(100_000), queues: queuesOr(5_000, 50_000) }),
  triggers: (dir) => benchTriggers(dir, rounds),
  scaling: (dir) => benchScaling(dir, rounds),
  payloads: (dir) => benchPayloads(dir, rounds),
  backlog: (dir, store) => benchBacklog(dir, store, { rounds, waiting: runsOr(1_000_000), queues: queuesOr(1) }),
  idle: (dir) => benchIdle(dir, rounds),
  "store-file": (dir) => benchStoreFile(dir, rounds),
  mongo: (dir) => benchMongo(dir, rounds),
};

const otherBenches: Readonly<Record<string, (dir: string, store: StoreChoice) => Promise<void>>> = {
  throughput: benchThroughput,
  hooks: benchHooks,
  latency: benchLatency,
  "backlog-with-runner": (dir, store) =>
    benchBacklogWithRunner(dir, store, {
      manyRuns: runsOr(100_000),
      queues: queuesOr(1, 5_000),
      kinds: values.kinds.split(","),
    }),
  stop: benchStop,
  recovery: benchRecovery,
  hostile: benchHostile,
  "piscina-forms": benchPiscinaForms,
  "run-documents": benchRunDocuments,
};
const names = [...Object.keys(pointBenches), ...Object.keys(otherBenches)];
/** Benches that depend on the store; the others run on the default store. */
const onOtherStores = ["throughput", "latency", "peers", "queues", "backlog", "backlog-with-runner"];

const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown.join('", "')}". There are: ${names.join(", ")}.`);
  process.exit(2);
}
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(`Expected --rounds 1 or more, got "${values.rounds}".`);
  process.exit(2);
}
const store = await chooseStore(values.store).catch((error: Error) => {
  console.error(error.message);
  process.exit(2);
});
const chosen = !isAll ? asked : store.type === "sqlite" ? Object.keys(pointBenches) : ["throughput", "latency"];
const misplaced = store.type === "sqlite" ? [] : chosen.filter((name) => !onOtherStores.includes(name));
if (misplaced.length > 0) {
  console.error(`With --store there are: ${onOtherStores.join(", ")}; got ${misplaced.join(", ")}.`);
  process.exit(2);
}
if (asked.includes("peers") && (await findBullMq()) === undefined) {
  console.error(howToGetBullMq);
  process.exit(2);
}

// On the checkout's disk, because a temporary folder may be in memory.
const dir = join(process.cwd(), ".baton", "bench");
mkdirSync(dir, { recursive: true });
const environment = describeEnvironment(dir);
console.log(environment);
if (store.type === "mongo") console.log(`store        ${store.server.kind}, through a proxy that counts`);
const figures: (Figure & { readonly bench: string })[] = [];
for (const name of names.filter((name) => chosen.includes(name))) {
  console.log(`\n${name}`);
  try {
    await otherBenches[name]?.(dir, store);
    for (const figure of (await pointBenches[name]?.(dir, store)) ?? []) figures.push({ bench: name, ...figure });
  } catch (error) {
    // The other benches still give their figures.
    console.error(error);
    process.exitCode = 1;
  }
}
if (values.quick) {
  const quick = await benchPeers(dir, store, { rounds: 3, manyRuns: 4_000, singleRuns: 200, limitMs: 30_000 });
  for (const figure of quick) figures.push({ bench: "quick", ...figure });
}
if (store.type === "mongo") await store.server.stop();
if (values.json) {
  const all = figures.map((figure) => ({ ...figure, isReached: isReached(figure) }));
  stdout.log(JSON.stringify({ environment, rounds, figures: all }, undefined, 2));
} else if (values.quick) printLines(figures);
else if (figures.length > 0) {
  const points = isAll
    ? Object.keys(pointTitles).map(Number)
    : [...new Set(figures.map(({ point }) => point))].sort((a, b) => a - b);
  console.log("");
  printTable(figures, points);
}
