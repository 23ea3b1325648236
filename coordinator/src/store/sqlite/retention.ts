import type { Store } from "../store.ts";
import { storedKey } from "../stored-key.ts";
import type { Connection, Statement } from "./connection.ts";
import { toKeyText } from "./key-text.ts";

type Limits = Parameters<Store["deleteExpired"]>[0];
type Deleted = Awaited<ReturnType<Store["deleteExpired"]>>;

/**
 * Deletes expired documents in small batches. A large value is deleted in the same transaction as its run. A run that a
 * key still stands for is filed as if it had finished later, so that it is found again when the key expires and not in
 * every pass until then.
 */
export class Retention {
  readonly #finished: Statement;
  readonly #findKey: Statement;
  readonly #defer: Statement;
  readonly #deleteRun: Statement;
  readonly #deleteTexts: Statement;
  readonly #deleteLogs: Statement;
  readonly #deleteTag: Statement;
  readonly #deleteOldLogs: Statement;
  readonly #deleteKeys: Statement;

  constructor(connection: Connection) {
    this.#finished = connection.prepare(
      "SELECT id, created_at, json_extract(document, '$.tags'), json_extract(document, '$.taskId'), " +
        "json_extract(document, '$.idempotencyKey') FROM runs INDEXED BY runs_finished " +
        "WHERE finished_at < ? ORDER BY finished_at LIMIT ?",
    );
    this.#findKey = connection.prepare("SELECT run_id, expires_at FROM keys WHERE key = ?");
    this.#defer = connection.prepare("UPDATE runs SET finished_at = ? WHERE id = ?");
    this.#deleteRun = connection.prepare("DELETE FROM runs WHERE id = ?");
    this.#deleteTexts = connection.prepare("DELETE FROM texts WHERE run_id = ?");
    this.#deleteLogs = connection.prepare("DELETE FROM logs WHERE run_id = ?");
    this.#deleteTag = connection.prepare("DELETE FROM run_tags WHERE tag = ? AND created_at = ? AND id = ?");
    this.#deleteOldLogs = connection.prepare(
      "DELETE FROM logs WHERE number IN (SELECT number FROM logs INDEXED BY logs_by_time WHERE last_at < ? LIMIT ?)",
    );
    this.#deleteKeys = connection.prepare(
      "DELETE FROM keys WHERE key IN (SELECT key FROM keys INDEXED BY keys_by_expiry WHERE expires_at <= ? LIMIT ?)",
    );
  }

  /** Deletes at most `limit` of each kind; within the caller's transaction. */
  deleteExpired({ runsBefore, logsBefore, now, limit }: Limits): Deleted {
    const runs = this.#finished.all([runsBefore, limit]);
    let deleted = 0;
    for (const [id, createdAt, tags, taskId, key] of runs) {
      const keptUntil = key === null ? 0 : this.#expiryOf(String(id), storedKey(String(taskId), String(key)));
      if (keptUntil > now) this.#defer.run([runsBefore + keptUntil - now, id]);
      else {
        this.#deleteFinished(String(id), createdAt, String(tags));
        deleted += 1;
      }
    }
    const logs = this.#deleteOldLogs.run([logsBefore, limit]).changes;
    const keys = this.#deleteKeys.run([now, limit]).changes;
    return { deleted: deleted + logs + keys, more: Math.max(runs.length, logs, keys) >= limit };
  }

  /** Returns when the key expires if it stands for this run, otherwise 0. */
  #expiryOf(runId: string, key: string): number {
    const [heldBy, expiresAt] = this.#findKey.get([toKeyText(key)]) ?? [];
    return heldBy === runId ? Number(expiresAt) : 0;
  }

  #deleteFinished(id: string, createdAt: unknown, tags: string): void {
    for (const tag of JSON.parse(tags) as string[]) this.#deleteTag.run([toKeyText(tag), createdAt, id]);
    this.#deleteTexts.run([id]);
    this.#deleteLogs.run([id]);
    this.#deleteRun.run([id]);
  }
}
