import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { benchBacklog } from "./backlog.ts";
import { describeEnvironment } from "./environment.ts";
import { benchHooks } from "./hooks.ts";
import { benchLatency } from "./latency.ts";
import { benchRecovery } from "./recovery.ts";
import { benchStop } from "./stop.ts";
import { benchThroughput } from "./throughput.ts";

const benches: Readonly<Record<string, (dir: string) => Promise<void>>> = {
  throughput: benchThroughput,
  hooks: benchHooks,
  latency: benchLatency,
  backlog: benchBacklog,
  stop: benchStop,
  recovery: benchRecovery,
};

const asked = process.argv.slice(2).filter((name) => !name.startsWith("-"));
const unknown = asked.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown.join('", "')}". There are: ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}

// On the disk that holds the checkout, and not in a temporary folder that may be memory.
const dir = join(process.cwd(), ".baton", "bench");
mkdirSync(dir, { recursive: true });
console.log(describeEnvironment(dir));
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${name}`);
  await bench(dir);
}
