import { halfImported } from "../../errors.ts";
import type { StorePurpose } from "../store.ts";
import type { Collections } from "./schema.ts";

/** Documents that one command deletes. */
const documentsAtOnce = 1_000;

/**
 * Lets only an import have a database that another import has left unfinished, and removes what that one wrote. Documents
 * are deleted and collections not dropped, because a sharded one would forget how it is cut.
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

/** Notes whether an import is under way. */
export async function markImport({ meta }: Collections, isUnderWay: boolean): Promise<void> {
  if (isUnderWay) await meta.updateOne({ _id: "import" }, { $set: { startedAt: new Date() } }, { upsert: true });
  else await meta.deleteOne({ _id: "import" });
}
