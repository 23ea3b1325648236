import { randomBytes } from "node:crypto";
import { idRandomBytes, makeId } from "../contract/ids.ts";

/** An id for a run that is about to be triggered. */
export function newRunId(): string {
  return makeId("run_", Date.now(), randomBytes(idRandomBytes));
}

/** An id for a batch that is about to be triggered. */
export function newBatchId(): string {
  return makeId("batch_", Date.now(), randomBytes(idRandomBytes));
}
