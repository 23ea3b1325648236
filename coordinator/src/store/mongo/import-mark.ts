import { halfImported } from "../../errors.ts";
import type { StorePurpose } from "../store.ts";
import type { Collections } from "./schema.ts";

/** Documents that one command deletes. */
const documentsAtOnce = 1_000;

/**
 * Refuses a database with an unfinished import to everything but an import, and then removes what the unfinished one
 * wrote. Deletes documents instead of dropping collections, because a dropped collection would lose its sharding.
 * @param assertHeld - resolves while this process owns the store
 * @throws HalfImportedError
 */
export async function settleImport(
  { keys, logs, meta, runs, texts, versions }: Collections,
  purpose: StorePurpose,
  place: string,
  assertHeld: () => Promise<void>,
): Promise<void> {
  if ((await meta.findOne({ _id: "import" })) === null) return;
  if (purpose !== "import") throw halfImported(place);
  for (const collection of [runs, texts, versions, keys, logs]) {
    for (;;) {
      const found = await collection.find({}, { projection: { _id: 1 }, limit: documentsAtOnce }).toArray();
      if (found.length === 0) break;
      await assertHeld();
      await collection.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } });
    }
  }
}

/** Records whether an import is under way. */
export async function markImport({ meta }: Collections, isUnderWay: boolean): Promise<void> {
  if (isUnderWay) await meta.updateOne({ _id: "import" }, { $set: { startedAt: new Date() } }, { upsert: true });
  else await meta.deleteOne({ _id: "import" });
}
