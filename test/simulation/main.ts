import { parseArgs } from "node:util";
import { Coverage } from "./coverage.ts";
import { simulate } from "./simulation.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "500" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    "no-faults": { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

const from = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const withFaults = !values["no-faults"];
const coverage = new Coverage();
const startedAt = performance.now();
let runs = 0;
let steps = 0;

for (let seed = from; seed < from + count; seed += 1) {
  const result = await simulate({
    seed,
    withFaults,
    ...(values.verbose && { print: (line: string) => console.log(line) }),
  });
  runs += result.runs;
  steps += result.steps;
  coverage.add(result.coverage);
  if (result.failure !== undefined) {
    if (!values.verbose) console.error(result.tail.slice(-80).join("\n"));
    console.error(`\nseed ${seed} failed: ${result.failure.stack}`);
    console.error(`Replay it with: npm run simulate -- --seed ${seed} --verbose`);
    process.exit(1);
  }
  if ((seed - from + 1) % 50 === 0) console.log(`${seed - from + 1} of ${count} seeds hold`);
}

const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `${count} seeds hold: ${runs} runs and ${steps} steps in ${seconds.toFixed(1)} s, ${Math.round(runs / seconds)} runs/s`,
);
if (count > 1 && withFaults) {
  console.log(`\nHow often each fault met a run in each state:\n${coverage}`);
  const missing = coverage.missing();
  if (missing.length > 0) {
    console.error(`\nNever met: ${missing.join(", ")}`);
    process.exitCode = 1;
  }
}
