import { setTimeout as sleep } from "node:timers/promises";
import type { Run__Output, WatchRunsResponse__Output } from "@baton/proto";
import { status as grpcStatus } from "@grpc/grpc-js";
import type { Connection } from "./connection.ts";
import { CliError, isServiceError } from "./failure.ts";
import { isFinalStatus, statusFromWire } from "./run-status.ts";

/** How long the coordinator may be away while a run is followed, in milliseconds; a restart takes a second or two. */
const outageLimitMs = 60_000;
const reconnectMs = 500;

/**
 * The states of one run: the one now, then the latest after each change, the final one last. A coordinator that goes
 * away in the middle is waited for.
 *
 * @param onOutage - told once when the connection is lost
 * @throws CliError `RUN_NOT_FOUND`; ServiceError when the coordinator refuses, was never reached or stays away
 */
export async function* followRun(
  connection: Connection,
  runId: string,
  onOutage: () => void,
): AsyncGenerator<Run__Output> {
  let seenRevision = 0;
  let lostAt: number | undefined;
  for (;;) {
    try {
      for await (const run of watchOnce(connection, runId, seenRevision)) {
        lostAt = undefined;
        seenRevision = run.revision;
        yield run;
        if (isFinalStatus(statusFromWire(run.status))) return;
      }
    } catch (error) {
      const isOutage = isServiceError(error) && error.code === grpcStatus.UNAVAILABLE && seenRevision > 0;
      if (!isOutage || (lostAt !== undefined && Date.now() - lostAt > outageLimitMs)) throw error;
      if (lostAt === undefined) onOutage();
    }
    lostAt ??= Date.now();
    await sleep(reconnectMs);
  }
}

async function* watchOnce(connection: Connection, runId: string, seenRevision: number): AsyncGenerator<Run__Output> {
  const stream = connection.runs.watchRuns(connection.metadata);
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
  } finally {
    stream.cancel();
  }
}
