import type { RunId } from "@baton/proto/contract/ids";
import type { KeyClaim } from "../store.ts";
import type { Connection, Statement } from "./connection.ts";
import { fromKeyText, toKeyText } from "./key-text.ts";

/** Reads claims in the order of their keys. */
export const keyPageQuery = "SELECT key, run_id, expires_at FROM keys WHERE key > ? ORDER BY key LIMIT ?";

/** The run that each idempotency key stands for. */
export class KeyTable {
  readonly #find: Statement;
  readonly #put: Statement;
  readonly #read: Statement;

  constructor(connection: Connection) {
    this.#find = connection.prepare("SELECT run_id, expires_at FROM keys WHERE key = ?");
    this.#put = connection.prepare("INSERT OR REPLACE INTO keys (key, run_id, expires_at) VALUES (?, ?, ?)");
    this.#read = connection.prepare(keyPageQuery);
  }

  /** Returns claims in the order of their keys; the key text keeps that order. */
  read(after: string | undefined, limit: number): readonly KeyClaim[] {
    const rows = this.#read.all([toKeyText(after ?? ""), limit]);
    return rows.map(([key, runId, expiresAt]) => ({
      key: fromKeyText(String(key)),
      runId: runId as RunId,
      expiresAt: Number(expiresAt),
    }));
  }

  /** Takes the available keys, and returns the valid claim of each key; within the caller's transaction. */
  claim(claims: readonly (KeyClaim & { readonly replaces?: RunId })[], now: number): readonly KeyClaim[] {
    return claims.map(({ key, runId, expiresAt, replaces }) => {
      const [heldBy, heldUntil] = this.#find.get([toKeyText(key)]) ?? [];
      const stands = heldBy !== undefined && Number(heldUntil) > now && heldBy !== replaces;
      if (stands) return { key, runId: heldBy as RunId, expiresAt: Number(heldUntil) };
      this.#put.run([toKeyText(key), runId, expiresAt]);
      return { key, runId, expiresAt };
    });
  }
}
