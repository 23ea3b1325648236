import type { FindRunsResponse__Output, Run__Output } from "@baton/proto";
import { runStatusNameFromWire } from "@baton/proto/contract/run-status";
import { timestampFromWire } from "@baton/proto/time";
import { callCoordinator } from "@baton/sdk/calls";
import { CliError } from "../show/failure.ts";
import type { Output } from "../show/output.ts";
import { shownRunIds } from "../show/run-id-text.ts";
import { ageText } from "../show/span-text.ts";
import { tableLines } from "../show/table.ts";

/** Largest number of candidates that the error about an ambiguous beginning lists. */
const maxCandidates = 10;
const possibleId = /^run_[A-Za-z0-9]{1,64}$/;

/**
 * Finds a run by its whole id, or by a beginning that no other run's id has; "run_" may be left out.
 *
 * @throws CliError `RUN_NOT_FOUND`, `RUN_ID_AMBIGUOUS`; ApiError
 */
export async function resolveRunId(word: string, output: Output): Promise<string> {
  const idPrefix = word.startsWith("run_") ? word : `run_${word}`;
  if (!possibleId.test(idPrefix)) throw notFound(word);
  const found = await callCoordinator("FindRuns", { idPrefix, pageSize: maxCandidates });
  const { hasMore, runs } = found as FindRunsResponse__Output;
  const [first] = runs;
  if (first === undefined) throw notFound(word);
  // A whole id may be the beginning of longer ones; the answer lists it first.
  if (first.id === idPrefix || (runs.length === 1 && !hasMore)) return first.id;
  const count = hasMore ? `more than ${maxCandidates}` : String(runs.length);
  throw new CliError(
    "RUN_ID_AMBIGUOUS",
    [
      `The ids of ${count} runs begin with "${idPrefix}". Type more of the id you mean:`,
      ...candidateLines(runs, output),
    ].join("\n"),
  );
}

const candidateColumns = [
  { title: "run" },
  { title: "task", minWidth: 10 },
  { title: "status" },
  { title: "age" },
] as const;

function candidateLines(runs: readonly Run__Output[], { noteColumns }: Output): readonly string[] {
  const ids = shownRunIds(
    runs.map(({ id }) => id),
    noteColumns,
  );
  const rows = runs.map(({ createTime, status, taskId }, place) => [
    `  ${ids[place]}`,
    taskId,
    runStatusNameFromWire(status),
    `${ageText(Date.now() - (timestampFromWire(createTime) ?? 0))} ago`,
  ]);
  return tableLines(candidateColumns, rows, noteColumns).slice(1);
}

function notFound(word: string): CliError {
  return new CliError("RUN_NOT_FOUND", `No run has the id "${word}", or one that begins with it.`);
}
