import { fileURLToPath } from "node:url";
import { configure, type RetrievedRun, runs } from "@baton/sdk";
import { DevProcess } from "./dev-process.ts";
import { type Example, examples } from "./example-list.ts";
import { Progress } from "./progress.ts";
import { resultTable } from "./result-table.ts";

/** Longest time for all examples together, in milliseconds. */
const limitMs = 60_000;

async function follow(runId: string, example: Example, progress: Progress): Promise<RetrievedRun> {
  let last: RetrievedRun | undefined;
  for await (const run of runs.subscribeToRun(runId)) {
    progress.onRun(example, run);
    last = run;
  }
  if (last === undefined) throw new Error(`Nothing was heard of ${runId}.`);
  return last;
}

async function runExample(example: Example, progress: Progress): Promise<readonly RetrievedRun[]> {
  const runIds = await example.trigger();
  return Promise.all(runIds.map((runId) => follow(runId, example, progress)));
}

async function runAll(): Promise<boolean> {
  const projectDir = fileURLToPath(new URL("../", import.meta.url));
  using progress = new Progress(process.stdout);
  progress.note("Starting baton dev");
  await using dev = await DevProcess.start(projectDir);
  configure({ coordinator: dev.address, token: dev.token });
  const results = await Promise.all(
    examples.map(async (example) => ({ example, runs: await runExample(example, progress) })),
  );
  progress.end();
  console.log(`\n${resultTable(results, process.stdout.isTTY ? process.stdout.columns || 80 : undefined)}`);
  const wrong = results.filter(
    ({ example, runs }) =>
      !runs.every((run) => run.status === example.expectedStatus && run.attemptCount === example.expectedAttempts),
  );
  for (const { example } of wrong) {
    console.log(`${example.name} should have ended ${example.expectedStatus} at attempt ${example.expectedAttempts}.`);
  }
  if (wrong.length === 0) console.log(`\nEach of the ${results.length} examples ended as it should.`);
  return wrong.length === 0;
}

const watchdog = setTimeout(() => {
  console.error(`error: the examples did not end within ${limitMs / 1_000} s.`);
  process.exit(1);
}, limitMs);
try {
  process.exitCode = (await runAll()) ? 0 : 1;
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
clearTimeout(watchdog);
