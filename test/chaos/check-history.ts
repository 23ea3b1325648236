import { isDeepStrictEqual } from "node:util";
import type { StoredRun } from "@baton/coordinator/internal/store/store";
import { type ChaosPayload, expectedEnds, type TaskKind } from "./chaos-tasks.ts";
import type { CallerStory, FileLine, History } from "./history.ts";

/**
 * Compares the answers to callers, the stored runs and the recorded attempts.
 * @returns one sentence for each violation; empty when the history is correct
 */
export function checkHistory(history: History): readonly string[] {
  const stored = new Map(history.stored.map((entry) => [entry.run.id as string, entry]));
  const linesByRun = groupBy(history.lines, ({ runId }) => runId);
  const runsByNumber = groupBy(history.stored, ({ payload }) => numberOf(payload));
  return [
    ...history.callers.flatMap((caller) => checkCaller(caller, stored, runsByNumber.get(caller.n) ?? [])),
    ...history.stored.flatMap((entry) => checkRun(entry, linesByRun.get(entry.run.id) ?? [])),
    ...[...linesByRun.keys()].filter((runId) => !stored.has(runId)).map((runId) => `${runId} ran and is not stored.`),
    ...checkLimit(history, stored),
  ];
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function numberOf(payload: string | undefined): number {
  return payload === undefined ? Number.NaN : (JSON.parse(payload) as ChaosPayload).n;
}

function checkCaller(
  caller: CallerStory,
  stored: ReadonlyMap<string, StoredRun>,
  ofThisNumber: readonly StoredRun[],
): string[] {
  const name = `Trigger ${caller.n} (${caller.kind})`;
  const found: string[] = [];
  const ids = [...new Set(caller.acknowledged)];
  if (ids.length > 1) found.push(`${name} was given ${ids.length} runs: ${ids.join(", ")}.`);
  if (ofThisNumber.length > 1) {
    found.push(`${name} is stored ${ofThisNumber.length} times: ${ofThisNumber.map(({ run }) => run.id).join(", ")}.`);
  }
  const [id] = ids;
  if (id === undefined) return found;
  const entry = stored.get(id);
  if (entry === undefined) return [...found, `${name} was acknowledged as ${id}, which is not stored.`];
  if (caller.lost !== undefined) found.push(`${name} was acknowledged as ${id} and never told its end: ${caller.lost}`);
  const { told } = caller;
  if (told === undefined) return found;
  if (told.status !== entry.run.status) {
    found.push(`${name}, ${id}, was told "${told.status}", and "${entry.run.status}" is stored.`);
  }
  const output: unknown = entry.output === undefined ? undefined : JSON.parse(entry.output);
  if (!isDeepStrictEqual(told.output, output)) {
    found.push(`${name}, ${id}, was told the output ${JSON.stringify(told.output)}, and ${entry.output} is stored.`);
  }
  return found;
}

function checkRun({ output, payload, run }: StoredRun, lines: readonly FileLine[]): string[] {
  const name = `${run.id} (${run.taskId})`;
  const found: string[] = [];
  const expected = expectedEnds[run.taskId as TaskKind];
  const n = numberOf(payload);
  if (run.status !== expected.status) {
    found.push(`${name} is stored as "${run.status}" instead of "${expected.status}", ${JSON.stringify(run.error)}.`);
  }
  if (run.status === "completed" && !isDeepStrictEqual(JSON.parse(output ?? "null"), { n, doubled: n * 2 })) {
    found.push(`${name} has the output ${output}.`);
  }
  const counted = run.attempts.filter(({ status }) => status !== "interrupted");
  if (counted.length !== expected.attempts) {
    found.push(`${name} has ${counted.length} counted attempts instead of ${expected.attempts}.`);
  }
  const known = new Set<string>(run.attempts.map(({ id }) => id));
  const started = new Set<string>();
  let last: FileLine | undefined;
  for (const line of lines) {
    if (!known.has(line.attemptId)) found.push(`${name}: attempt ${line.attemptId} ran and is not stored.`);
    if (line.what === "start") {
      if (started.has(line.attemptId)) found.push(`${name}: attempt ${line.attemptId} started twice.`);
      started.add(line.attemptId);
    } else if (last?.attemptId !== line.attemptId) {
      found.push(`${name}: attempt ${line.attemptId} went on while ${last?.attemptId ?? "no other"} had started.`);
    }
    last = line;
  }
  for (const { id } of counted) {
    if (!lines.some(({ attemptId, what }) => attemptId === id && what === "end")) {
      found.push(`${name}: attempt ${id} is stored as ended, and its body never came to its end.`);
    }
  }
  const final = counted.at(-1)?.id;
  if (final !== undefined && last !== undefined && last.attemptId !== final) {
    found.push(`${name}: attempt ${last.attemptId} ran after the last one that counts, ${final}.`);
  }
  return found;
}

/** Checks that attempts of the queue with a limit of 1 do not overlap, by their first and last lines. */
function checkLimit({ lines }: History, stored: ReadonlyMap<string, StoredRun>): string[] {
  const limited = lines.filter(({ runId }) => stored.get(runId)?.run.taskId === ("single" satisfies TaskKind));
  const lastLine = new Map(limited.map(({ attemptId }, index) => [attemptId, index]));
  const found: string[] = [];
  let running: string | undefined;
  for (const [index, { attemptId }] of limited.entries()) {
    if (running !== undefined && running !== attemptId) {
      found.push(`Attempts ${running} and ${attemptId} of the queue with a limit of 1 ran at once.`);
    }
    running = lastLine.get(attemptId) === index ? undefined : attemptId;
  }
  return found;
}
