import { parseArgs } from "node:util";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { playRound, type RoundResult } from "./round.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "30" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    seconds: { type: "string", default: "25" },
    verbose: { type: "boolean", default: false },
  },
});

const from = Number(values.seed ?? values.from);
const rounds = values.seed === undefined ? Number(values.rounds) : 1;
const server = await findMongoServer();
if (server === undefined) {
  console.error(`There is ${howToGetAServer}.`);
  process.exit(2);
}
console.log(`${rounds} rounds of ${values.seconds} s on ${server.kind}`);
let failed = 0;
const totals = { acknowledged: 0, starts: 0 };
for (let seed = from; seed < from + rounds; seed += 1) {
  const startedAt = performance.now();
  const result = await playRound(server, seed, Number(values.seconds) * 1_000);
  print(seed, result, performance.now() - startedAt);
  if (result.violations.length > 0) failed += 1;
}
await server.stop();
console.log(
  `${rounds - failed} of ${rounds} rounds hold: ${totals.acknowledged} acknowledged runs, ${totals.starts} attempts started`,
);
process.exitCode = failed === 0 ? 0 : 1;

function print(seed: number, result: RoundResult, ms: number): void {
  const { callers, disturbed, faults, messages, starts, storedRuns, violations } = result;
  const acknowledged = callers.filter((caller) => caller.acknowledged.length > 0).length;
  totals.acknowledged += acknowledged;
  totals.starts += starts;
  const verdict = violations.length === 0 ? "holds" : `FAILS, ${violations.length} violations`;
  console.log(
    `seed ${seed}: ${callers.length} triggers, ${acknowledged} acknowledged, ${storedRuns} stored, ${starts} attempts; ` +
      `${messages} messages to the store, ${listCounts(disturbed)}; ` +
      `${faults.map(({ type }) => type).join(", ")}; ${(ms / 1_000).toFixed(0)} s; ${verdict}`,
  );
  const shown = values.verbose ? violations : violations.slice(0, 20);
  for (const violation of shown) console.log(`  ${violation}`);
  if (values.verbose) for (const fault of faults) console.log(`  ${JSON.stringify(fault)}`);
  if (violations.length > 0) console.log(`  Play it again with: npm run chaos -- --seed ${seed} --verbose`);
}

function listCounts(counts: RoundResult["disturbed"]): string {
  return Object.entries(counts)
    .map(([fate, count]) => `${count} ${fate}`)
    .join(", ");
}
