import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchBacklog } from "./backlog.ts";
import { chooseStore, type StoreChoice } from "./bench-store.ts";
import { describeEnvironment } from "./environment.ts";
import { benchHooks } from "./hooks.ts";
import { benchHostile } from "./hostile.ts";
import { benchLatency } from "./latency.ts";
import { benchPiscinaForms } from "./piscina-forms.ts";
import { benchRecovery } from "./recovery.ts";
import { benchRunDocuments } from "./run-documents.ts";
import { benchStop } from "./stop.ts";
import { benchThroughput } from "./throughput.ts";

const { positionals: asked, values } = parseArgs({
  allowPositionals: true,
  options: {
    store: { type: "string" },
    // For the bench of the backlog.
    runs: { type: "string", default: "100000" },
    queues: { type: "string", default: "1,5000" },
    kinds: { type: "string", default: "queued,delayed" },
  },
});

const benches: Readonly<Record<string, (dir: string, store: StoreChoice) => Promise<void>>> = {
  throughput: benchThroughput,
  hooks: benchHooks,
  latency: benchLatency,
  backlog: (dir, store) => {
    const queues = values.queues.split(",").map(Number);
    return benchBacklog(dir, store, { manyRuns: Number(values.runs), queues, kinds: values.kinds.split(",") });
  },
  stop: benchStop,
  recovery: benchRecovery,
  hostile: benchHostile,
  "piscina-forms": benchPiscinaForms,
  "run-documents": benchRunDocuments,
};
/** Benches that depend on the store; the others run on the default store. */
const onOtherStores = ["throughput", "latency", "backlog"];

const unknown = asked.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown.join('", "')}". There are: ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}
const store = await chooseStore(values.store).catch((error: Error) => {
  console.error(error.message);
  process.exit(2);
});
const chosen = asked.length > 0 ? asked : store.type === "sqlite" ? Object.keys(benches) : ["throughput", "latency"];
const misplaced = store.type === "sqlite" ? [] : chosen.filter((name) => !onOtherStores.includes(name));
if (misplaced.length > 0) {
  console.error(`With --store there are: ${onOtherStores.join(", ")}; got ${misplaced.join(", ")}.`);
  process.exit(2);
}

// On the checkout's disk, because a temporary folder may be in memory.
const dir = join(process.cwd(), ".baton", "bench");
mkdirSync(dir, { recursive: true });
console.log(describeEnvironment(dir));
if (store.type === "mongo") console.log(`store        ${store.server.kind}, through a proxy that counts`);
for (const [name, bench] of Object.entries(benches)) {
  if (!chosen.includes(name)) continue;
  console.log(`\n${name}`);
  await bench(dir, store);
}
if (store.type === "mongo") await store.server.stop();
