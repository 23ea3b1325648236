import { randomBytes } from "node:crypto";
import { idRandomBytes, makeId } from "../contract/ids.ts";

/** Makes an id for a run that will be triggered. */
export function newRunId(): string {
  return makeId("run_", Date.now(), randomBytes(idRandomBytes));
}

/** Makes an id for a batch that will be triggered. */
export function newBatchId(): string {
  return makeId("batch_", Date.now(), randomBytes(idRandomBytes));
}
