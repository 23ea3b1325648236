import type { RunId } from "@baton/proto/contract/ids";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { Run } from "../core/life/run.ts";
import type { KeyClaim, Store } from "../store/store.ts";
import { storedKey } from "../store/stored-key.ts";

/** A trigger with a key. */
export interface KeyedTrigger {
  readonly runId: RunId;
  readonly taskId: string;
  readonly idempotencyKey: string;
  readonly idempotencyKeyTtlMs: number;
}

/** The run that a keyed trigger stands for: `hit`, or a new one under `runId`, which may be an earlier claim's. */
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
 * Finds or claims the keys of triggers. A key that names a failed run, or a run without the key, is claimed anew. A key that
 * names a run which was never made stands for the caller's trigger under that id.
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

/** Whether the run was made with the key. A trigger that was refused for its run id has left a claim on another run. */
function carriesKey(run: Run, { idempotencyKey, taskId }: KeyedTrigger): boolean {
  return run.taskId === taskId && run.idempotencyKey === idempotencyKey;
}
