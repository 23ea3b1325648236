import type { LogEntry__Output } from "@baton/proto";
import { type Connection, messagesOf } from "./connection.ts";

/**
 * What a run's task printed, in order.
 *
 * @param follow - go on until the run is final
 * @throws ServiceError
 */
export async function* readLogs(
  connection: Connection,
  runId: string,
  follow: boolean,
): AsyncGenerator<LogEntry__Output> {
  const stream = connection.logs.readLogs({ runId, follow }, connection.metadata);
  for await (const { entries } of messagesOf(stream)) yield* entries;
}
