import type { RunId } from "@baton/proto/contract/ids";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { Run } from "../core/life/run.ts";
import type { KeyClaim, Store } from "../store/store.ts";
import { storedKey } from "../store/stored-key.ts";

/** A trigger with an idempotency key. */
export interface KeyedTrigger {
  readonly runId: RunId;
  readonly taskId: string;
  readonly idempotencyKey: string;
  readonly idempotencyKeyTtlMs: number;
}

/** The run of a keyed trigger: `hit`, or a new one with `runId`, which may come from an earlier claim. */
export interface ResolvedKey {
  readonly runId: RunId;
  readonly hit: Run | undefined;
}

/** Statuses in which a run releases its key (docs/tasks.md 9.3). */
const freeing: ReadonlySet<RunStatus> = new Set<RunStatus>([
  "failed",
  "crashed",
  "systemFailure",
  "timedOut",
  "expired",
]);

/**
 * Finds or claims the keys of triggers. A key is claimed anew if its run failed or does not carry the key. If the run
 * of a claim was never made, the caller's trigger makes it with the id of that claim.
 */
export async function resolveKeys(
  store: Store,
  triggers: readonly KeyedTrigger[],
  findRuns: (runIds: readonly RunId[]) => Promise<ReadonlyMap<RunId, Run>>,
  now: number,
): Promise<readonly ResolvedKey[]> {
  const results = new Map<number, ResolvedKey>();
  let open = triggers.map((trigger, index) => ({ index, trigger, replaces: undefined as RunId | undefined }));
  while (open.length > 0) {
    const claims = open.map(({ replaces, trigger }) => ({
      key: storedKey(trigger.taskId, trigger.idempotencyKey),
      runId: trigger.runId,
      expiresAt: now + trigger.idempotencyKeyTtlMs,
      ...(replaces !== undefined && { replaces }),
    }));
    const standing: readonly KeyClaim[] = await store.claimKeys(claims, now);
    const runs = await findRuns(standing.map((claim) => claim.runId));
    const next: typeof open = [];
    for (const [position, item] of open.entries()) {
      const runId = standing[position]?.runId ?? item.trigger.runId;
      const run = runs.get(runId);
      const isFree = run !== undefined && (freeing.has(run.status) || !carriesKey(run, item.trigger));
      if (isFree && runId !== item.trigger.runId) {
        next.push({ ...item, replaces: runId });
      } else {
        const isHit = run !== undefined && runId !== item.trigger.runId;
        results.set(item.index, { runId, hit: isHit ? run : undefined });
      }
    }
    open = next;
  }
  return triggers.map((trigger, index) => results.get(index) ?? { runId: trigger.runId, hit: undefined });
}

/** Returns whether the run was made with the key. A trigger refused for its run id leaves a claim on another run. */
function carriesKey(run: Run, { idempotencyKey, taskId }: KeyedTrigger): boolean {
  return run.taskId === taskId && run.idempotencyKey === idempotencyKey;
}
