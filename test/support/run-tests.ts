import { availableParallelism } from "node:os";
import { dirname, relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { environmentFor, findMongoServer, howToGetAServer } from "./mongo-server.ts";
import { findTestFiles, isTestKind, longestFirst, needsWholeMachine, type TestKind, testKinds } from "./test-files.ts";
import { isOnMongo } from "./test-store.ts";

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
/** A module that makes the start of a process or thread fail. */
const withoutProcesses = new URL("without-processes.js", import.meta.url);

/**
 * Limits the time without any result, in milliseconds. Files that still run then are ended and count as failed. A file
 * that leaks a thread or a socket never ends and fails here.
 */
const silenceLimitMs: Record<TestKind, number> = {
  unit: 60_000,
  process: 90_000,
  modules: 90_000,
  contract: 90_000,
  simulation: 300_000,
  e2e: 180_000,
};

/** Limits the files that run at once on any number of cores: each may have several processes and a database. */
const maxConcurrency = 6;

interface Counts {
  passed: number;
  failed: number;
  readonly skipped: string[];
  readonly failures: string[];
}

/** Tests of one phase, which run side by side. */
interface Phase {
  readonly kinds: readonly TestKind[];
  readonly files: readonly string[];
  readonly concurrency: number;
}

/** Unit tests come first because they are quick, then files that measure time, then all others in one list. */
function phasesOf(filesByKind: ReadonlyMap<TestKind, readonly string[]>): readonly Phase[] {
  const kinds = [...filesByKind.keys()].filter((kind) => kind !== "unit");
  const files = kinds.flatMap((kind) => filesByKind.get(kind) ?? []);
  const shared = longestFirst(files.filter((file) => !needsWholeMachine(file)));
  // Most tests wait for their processes, so two files more than there are cores keep the cores busy.
  const concurrency = Math.min(availableParallelism() + 2, maxConcurrency);
  const phases: readonly Phase[] = [
    { kinds: ["unit"], files: filesByKind.get("unit") ?? [], concurrency: availableParallelism() },
    { kinds, files: files.filter(needsWholeMachine), concurrency: 1 },
    { kinds, files: shared, concurrency },
  ];
  return phases.filter((phase) => phase.files.length > 0);
}

async function runPhase({ kinds, files, concurrency }: Phase, counts: Counts): Promise<void> {
  const { NODE_OPTIONS: nodeOptions } = process.env;
  if (kinds.includes("unit")) process.env.NODE_OPTIONS = `${nodeOptions ?? ""} --import=${withoutProcesses}`;
  const silence = new AbortController();
  const watchdog = setTimeout(() => silence.abort(), Math.max(...kinds.map((kind) => silenceLimitMs[kind])));
  const stream = run({ files: [...files], concurrency, signal: silence.signal });
  stream.on("test:pass", (event) => {
    // A skipped suite reports none of its tests.
    if (event.details.type === "suite" && event.skip === undefined) return;
    if (event.skip !== undefined || event.todo !== undefined) {
      const reason = event.skip ?? event.todo;
      counts.skipped.push(`${event.name}: ${typeof reason === "string" && reason !== "" ? reason : "no reason given"}`);
    } else if (!files.includes(event.name)) {
      counts.passed += 1;
    }
  });
  stream.on("test:fail", (event) => {
    // A suite that fails because of a test is not counted, because the test is. Otherwise one of its hooks failed.
    if (event.details.type === "suite" && isSubtestFailure(event.details.error)) return;
    if (files.includes(event.name) && isSubtestFailure(event.details.error)) return;
    counts.failed += 1;
    counts.failures.push(`${event.file === undefined ? kinds.join(", ") : relative(root, event.file)}: ${event.name}`);
  });
  const report = stream.compose<NodeJS.ReadableStream>(new spec());
  for await (const chunk of report) {
    watchdog.refresh();
    process.stdout.write(chunk);
  }
  clearTimeout(watchdog);
  if (nodeOptions === undefined) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = nodeOptions;
}

function isSubtestFailure(error: Error): boolean {
  return (error as Error & { failureType?: string }).failureType === "subtestsFailed";
}

interface Arguments {
  readonly kinds: readonly TestKind[];
  readonly filters: readonly string[];
}

function readArguments(given: readonly string[]): Arguments {
  const { positionals: words } = parseArgs({ args: [...given], allowPositionals: true });
  const kinds = words.filter(isTestKind);
  return {
    kinds: kinds.length === 0 ? testKinds : testKinds.filter((kind) => kinds.includes(kind)),
    filters: words.filter((word) => !isTestKind(word)),
  };
}

const { kinds, filters } = readArguments(process.argv.slice(2));
const counts: Counts = { passed: 0, failed: 0, skipped: [], failures: [] };
// All files use one server, which they find through the environment.
const needsMongo = kinds.includes("contract") || (kinds.includes("e2e") && isOnMongo());
const mongoServer = needsMongo ? await findMongoServer() : undefined;
if (mongoServer !== undefined) Object.assign(process.env, environmentFor(mongoServer));
const filesByKind = new Map<TestKind, readonly string[]>();
for (const kind of kinds) {
  const files = findTestFiles(root, kind, filters);
  if (files.length === 0) continue;
  if (kind === "e2e" && isOnMongo() && mongoServer === undefined) {
    counts.skipped.push(`${files.length} files of end-to-end tests on MongoDB: ${howToGetAServer}`);
  } else {
    filesByKind.set(kind, files);
    console.log(`${kind}: ${files.length} ${files.length === 1 ? "file" : "files"}`);
  }
}
for (const phase of phasesOf(filesByKind)) await runPhase(phase, counts);
await mongoServer?.stop();
if (counts.passed + counts.failed + counts.skipped.length === 0) {
  counts.failed += 1;
  counts.failures.push(`no test ran${filters.length === 0 ? "" : `: no file name holds ${filters.join(" or ")}`}`);
}
if (counts.skipped.length > 0) console.log(`\nskipped:\n${counts.skipped.map((line) => `  ${line}`).join("\n")}`);
if (counts.failures.length > 0) console.log(`\nfailed:\n${counts.failures.map((line) => `  ${line}`).join("\n")}`);
const skipped = counts.skipped.length > 0 ? `, ${counts.skipped.length} skipped` : "";
process.exitCode = counts.failed > 0 ? 1 : 0;
console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
