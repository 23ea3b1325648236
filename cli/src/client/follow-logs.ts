import type { LogEntry__Output } from "@baton/proto";
import { type Connection, messagesOf } from "./connection.ts";
import { Outage } from "./outage.ts";

/**
 * What a run's task has printed, in order.
 *
 * @throws CallFailure
 */
export function readLogs(connection: Connection, runId: string): AsyncGenerator<LogEntry__Output> {
  return streamLogs(connection, runId, false);
}

/**
 * What a run's task prints, in order, until the run is final. A coordinator that goes away in the middle is waited for.
 *
 * @param isReached - the coordinator is known to answer, so that one which does not is away
 * @throws CallFailure
 */
export async function* followLogs(
  connection: Connection,
  runId: string,
  isReached: boolean,
): AsyncGenerator<LogEntry__Output> {
  const outage = new Outage(() => {});
  let seen = 0;
  for (;;) {
    let position = 0;
    try {
      for await (const entry of streamLogs(connection, runId, true)) {
        outage.end();
        position += 1;
        // A stream starts with the first entry again.
        if (position <= seen) continue;
        seen = position;
        yield entry;
      }
      return;
    } catch (error) {
      if (!isReached && seen === 0) throw error;
      outage.onFailure(error);
    }
    await outage.pause();
  }
}

async function* streamLogs(connection: Connection, runId: string, follow: boolean): AsyncGenerator<LogEntry__Output> {
  const stream = connection.logs.readLogs({ runId, follow }, connection.metadata);
  for await (const { entries } of messagesOf(stream)) yield* entries;
}
