import type { GetRunResponse__Output, Run__Output } from "@baton/proto";
import type { Connection } from "./connection.ts";

/**
 * One run with payload and output.
 *
 * @throws CallFailure, with NOT_FOUND when no run has the id
 */
export async function readRun(connection: Connection, runId: string): Promise<Run__Output> {
  const { run } = await connection.unary<GetRunResponse__Output>((metadata, options, done) =>
    connection.runs.getRun({ runId }, metadata, options, done),
  );
  if (run === null) throw new Error("The coordinator answered without the run.");
  return run;
}
