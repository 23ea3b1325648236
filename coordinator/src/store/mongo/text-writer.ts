import { inlineValueBytes } from "../store.ts";
import type { Permit } from "./permit.ts";
import type { LargeText } from "./run-document.ts";
import type { Collections } from "./schema.ts";

/** How long a text may exist before a run names it, in milliseconds; after that it counts as left over. */
export const unnamedTextMs = 3_600_000;
/** Characters at which a command takes no further text, so that a batch of large values is sent in parts. */
const bytesAtOnce = 256 * inlineValueBytes;

/** Writes large values, each in a document of its own. A repeated write starts their hour again. */
export async function writeTexts(
  texts: Collections["texts"],
  values: readonly LargeText[],
  permit: Permit,
): Promise<void> {
  for (let first = 0; first < values.length; ) {
    let bytes = 0;
    let past = first;
    while (past < values.length && (past === first || bytes < bytesAtOnce)) bytes += values[past++]?.text.length ?? 0;
    const sweepAt = Date.now() + unnamedTextMs;
    await permit();
    await texts.bulkWrite(
      values.slice(first, past).map(({ id, runId, text }) => ({
        updateOne: { filter: { _id: id }, update: { $set: { runId, text, sweepAt } }, upsert: true },
      })),
      { ordered: false },
    );
    first = past;
  }
}
