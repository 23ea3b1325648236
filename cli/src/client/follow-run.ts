import type { Run__Output, WatchRunsResponse__Output } from "@baton/proto";
import { isFinalName, runStatusNameFromWire } from "@baton/proto/contract/run-status";
import { CliError } from "../show/failure.ts";
import { type Connection, callFailure } from "./connection.ts";
import { Outage } from "./outage.ts";

/**
 * The states of one run: the one now, then the latest after each change, the final one last. A coordinator that goes
 * away in the middle is waited for.
 *
 * @param onOutage - told once when the connection is lost
 * @param signal - ends it, with a failure that is of no interest then
 * @throws CliError `RUN_NOT_FOUND`; CallFailure when the coordinator refuses, was never reached or stays away
 */
export async function* followRun(
  connection: Connection,
  runId: string,
  onOutage: () => void,
  signal?: AbortSignal,
): AsyncGenerator<Run__Output> {
  let seenRevision = 0;
  const outage = new Outage(onOutage);
  for (;;) {
    try {
      for await (const run of watchOnce(connection, runId, seenRevision, signal)) {
        outage.end();
        seenRevision = run.revision;
        yield run;
        if (isFinalName(runStatusNameFromWire(run.status))) return;
      }
    } catch (error) {
      if (seenRevision === 0 || signal?.aborted === true) throw error;
      outage.onFailure(error);
    }
    await outage.pause(signal);
  }
}

async function* watchOnce(
  connection: Connection,
  runId: string,
  seenRevision: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Run__Output> {
  const stream = connection.runs.watchRuns(connection.metadata);
  const cancel = (): void => stream.cancel();
  signal?.addEventListener("abort", cancel);
  try {
    stream.write({ add: [{ runId, seenRevision }] });
    stream.end();
    for await (const response of stream) {
      const { run } = response as WatchRunsResponse__Output;
      if (run === undefined || run === null) {
        throw new CliError("RUN_NOT_FOUND", `No run has the id "${runId}".`);
      }
      yield run;
    }
  } catch (error) {
    throw callFailure(error);
  } finally {
    signal?.removeEventListener("abort", cancel);
    stream.cancel();
  }
}
