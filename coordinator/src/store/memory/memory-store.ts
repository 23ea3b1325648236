import type { RunId } from "@baton/proto/contract/ids";
import type { TaskVersion } from "@baton/proto/contract/task-definition";
import { nextVersionName } from "@baton/proto/contract/version-name";
import type { Run } from "../../core/life/run.ts";
import { compareSortKeys, type LaneKey, type SortKey } from "../../core/scheduling/lane.ts";
import type { QueueLength } from "../../core/scheduling/queue-lengths.ts";
import { halfImported, StoreError, StoreUnusableError } from "../../errors.ts";
import { sumByQueue } from "../lane-lengths.ts";
import { pageOf, placeByCreation, placeByDueTime, placeInLane } from "../page.ts";
import { runIndexOf } from "../run-index.ts";
import {
  type BacklogRead,
  type Batch,
  type CommitResult,
  type KeyClaim,
  type ListCursor,
  type OpenedStore,
  type Page,
  type RunFilter,
  type RunLogs,
  type Store,
  type StoredLogEntry,
  type StoredRun,
  type StorePurpose,
  textLengthOf,
  textsOf,
  type UnnamedVersion,
} from "../store.ts";
import { storedKey } from "../stored-key.ts";
import { MemoryDisk, PendingBatch } from "./memory-disk.ts";
import { compareNewestFirst, matchesFilter } from "./run-filter.ts";

/** What a simulation can change in a `MemoryStore`. */
export interface MemoryStoreOptions {
  /** The data; absent: a new, empty disk. */
  readonly disk?: MemoryDisk;
  /**
   * Decides what happens to each batch, now or later: `pending.answer()` for a write that works, `pending.fail(error)`
   * for one that failed before it was applied, `pending.apply()` and then `fail` for one whose answer was lost; no call
   * for one that is still being sent. Absent: every batch is applied and answered at once.
   */
  readonly onBatch?: (pending: PendingBatch) => void;
  /** Called with the name of every other method before it runs; a thrown error or rejection is the call's answer. */
  readonly onCall?: (method: Exclude<keyof Store, "commitBatch" | "close">) => Promise<void> | void;
}

/** A store without durability, for tests and simulation. It answers within microtasks. */
export class MemoryStore implements Store {
  readonly disk: MemoryDisk;
  readonly #onBatch: (pending: PendingBatch) => void;
  readonly #onCall: NonNullable<MemoryStoreOptions["onCall"]>;
  readonly #isDiskShared: boolean;
  #epoch: number | undefined;

  constructor(options: MemoryStoreOptions = {}) {
    this.disk = options.disk ?? new MemoryDisk();
    this.#isDiskShared = options.disk !== undefined;
    this.#onBatch = options.onBatch ?? ((pending) => pending.answer());
    this.#onCall = options.onCall ?? (() => undefined);
  }

  async open(purpose: StorePurpose = "serve"): Promise<OpenedStore> {
    await this.#onCall("open");
    if (purpose === "export" && this.disk.epoch === 0) throw new StoreUnusableError('There is no store "memory:" yet.');
    if (this.disk.isHalfImported) {
      if (purpose !== "import") throw halfImported('"memory:"');
      this.disk.clear();
    }
    this.#epoch = ++this.disk.epoch;
    // A test that passes a disk may apply batches at any time.
    return { epoch: this.#epoch, hasLateWrites: this.#isDiskShared };
  }

  async close(): Promise<void> {
    this.#epoch = undefined;
  }

  async commitBatch(batch: Batch): Promise<CommitResult> {
    const epoch = this.#ownEpoch();
    return await new Promise<CommitResult>((resolve, reject) => {
      this.#onBatch(new PendingBatch(this.disk, epoch, batch, { resolve, reject }));
    });
  }

  async loadActive(): Promise<readonly Run[]> {
    await this.#enter("loadActive");
    return this.#runsOf(this.disk.active);
  }

  async listLanes(): Promise<readonly LaneKey[]> {
    await this.#enter("listLanes");
    return [...this.disk.lanes.keys()];
  }

  async countQueued(): Promise<readonly QueueLength[]> {
    await this.#enter("countQueued");
    return sumByQueue([...this.disk.lanes].map(([lane, ids]) => [lane, ids.size]));
  }

  async readBacklog(reads: readonly BacklogRead[]): Promise<readonly Page[]> {
    await this.#enter("readBacklog");
    return reads.map(({ after, lane, limit }) =>
      pageAfter(this.#runsOf(this.disk.lanes.get(lane) ?? []), after, limit, placeInLane),
    );
  }

  async readDue(after: SortKey | undefined, until: number, limit: number): Promise<Page> {
    await this.#enter("readDue");
    const due = this.#runsOf(this.disk.due).filter((run) => placeByDueTime(run).time <= until);
    return pageAfter(due, after, limit, placeByDueTime);
  }

  async listPendingTasks(): Promise<readonly string[]> {
    await this.#enter("listPendingTasks");
    return [...this.disk.pending.keys()];
  }

  async readPending(taskId: string, after: SortKey | undefined, limit: number): Promise<Page> {
    await this.#enter("readPending");
    return pageAfter(this.#runsOf(this.disk.pending.get(taskId) ?? []), after, limit, placeByCreation);
  }

  async findRuns(ids: readonly RunId[], withTexts: boolean, textLength?: number): Promise<readonly StoredRun[]> {
    await this.#enter("findRuns");
    const found: StoredRun[] = [];
    let length = 0;
    for (const id of new Set(ids)) {
      const stored = this.disk.runs.get(id);
      if (stored === undefined) continue;
      found.push(withTexts ? { run: stored.run, ...textsOf(stored) } : { run: stored.run });
      length += withTexts ? textLengthOf(stored) : 0;
      if (textLength !== undefined && length >= textLength) break;
    }
    return found;
  }

  async findRunsByPrefix(idPrefix: string, limit: number): Promise<readonly Run[]> {
    await this.#enter("findRunsByPrefix");
    const ids = [...this.disk.runs.keys()].filter((id) => id.startsWith(idPrefix));
    return this.#runsOf(ids.sort().slice(0, limit));
  }

  async listRuns(
    filter: RunFilter,
    { before, after }: { readonly before?: ListCursor; readonly after?: ListCursor },
    limit: number,
  ): Promise<readonly Run[]> {
    await this.#enter("listRuns");
    const found = [...this.disk.runs.values()]
      .map((stored) => stored.run)
      .filter((run) => matchesFilter(run, filter))
      .filter((run) => before === undefined || compareNewestFirst(run, before) > 0)
      .filter((run) => after === undefined || compareNewestFirst(run, after) < 0)
      .sort(compareNewestFirst);
    return after === undefined ? found.slice(0, limit) : found.slice(Math.max(0, found.length - limit));
  }

  async registerVersion(version: UnnamedVersion | TaskVersion, day: string): Promise<TaskVersion> {
    await this.#enter("registerVersion");
    const known = this.disk.versions.find(({ hash }) => hash === version.hash);
    if (known !== undefined) return known;
    const names = this.disk.versions.map((other) => other.version);
    const named = { ...version, version: version.version ?? nextVersionName(names, day) };
    this.disk.versions.push(named);
    return named;
  }

  async loadVersions(): Promise<readonly TaskVersion[]> {
    await this.#enter("loadVersions");
    return [...this.disk.versions];
  }

  async findNamedVersions(versions: readonly string[]): Promise<readonly string[]> {
    await this.#enter("findNamedVersions");
    const named = new Set([...this.disk.runs.values()].map(({ run }) => run.version));
    return versions.filter((version) => named.has(version));
  }

  async deleteVersions(versions: readonly string[]): Promise<void> {
    await this.#enter("deleteVersions");
    const kept = this.disk.versions.filter(({ version }) => !versions.includes(version));
    this.disk.versions.splice(0, this.disk.versions.length, ...kept);
  }

  async claimKeys(
    claims: readonly (KeyClaim & { readonly replaces?: RunId })[],
    now: number,
  ): Promise<readonly KeyClaim[]> {
    await this.#enter("claimKeys");
    return claims.map(({ replaces, ...claim }) => {
      const standing = this.disk.keys.get(claim.key);
      if (standing !== undefined && standing.expiresAt > now && standing.runId !== replaces) return standing;
      this.disk.keys.set(claim.key, claim);
      return claim;
    });
  }

  async readKeys(after: string | undefined, limit: number): Promise<readonly KeyClaim[]> {
    await this.#enter("readKeys");
    const keys = [...this.disk.keys.values()].filter(({ key }) => after === undefined || key > after);
    return keys.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, limit);
  }

  async appendLogs(logs: readonly RunLogs[]): Promise<void> {
    await this.#enter("appendLogs");
    for (const { runId, entries } of logs) {
      if (!this.disk.runs.has(runId)) continue;
      const lines = this.disk.logs.get(runId) ?? [];
      for (const entry of entries) lines.push({ ...entry, sequence: ++this.disk.logSequence });
      this.disk.logs.set(runId, lines);
    }
  }

  async readLogs(runId: RunId, after: number, limit: number): Promise<readonly StoredLogEntry[]> {
    await this.#enter("readLogs");
    return (this.disk.logs.get(runId) ?? []).filter((entry) => entry.sequence > after).slice(0, limit);
  }

  async deleteExpired(limits: {
    readonly runsBefore: number;
    readonly logsBefore: number;
    readonly now: number;
    readonly limit: number;
  }): Promise<{ readonly deleted: number; readonly more: boolean }> {
    await this.#enter("deleteExpired");
    const { disk } = this;
    const runs = [...disk.runs.values()].filter(({ run }) => {
      const { finishedAt } = runIndexOf(run);
      return finishedAt !== undefined && finishedAt < limits.runsBefore && !this.#isKeyHeld(run, limits.now);
    });
    const keys = [...disk.keys.values()].filter((claim) => claim.expiresAt <= limits.now);
    const goingRuns = runs.slice(0, limits.limit);
    const goingKeys = keys.slice(0, limits.limit);
    for (const { run } of goingRuns) disk.remove(run.id);
    for (const { key } of goingKeys) disk.keys.delete(key);
    const lines = this.#deleteLogs(limits.logsBefore, limits.limit);
    return {
      deleted: goingRuns.length + goingKeys.length + lines,
      more: runs.length >= limits.limit || keys.length >= limits.limit || lines >= limits.limit,
    };
  }

  async markImport(isUnderWay: boolean): Promise<void> {
    await this.#enter("markImport");
    this.disk.isHalfImported = isUnderWay;
  }

  #isKeyHeld({ id, idempotencyKey, taskId }: Run, now: number): boolean {
    if (idempotencyKey === undefined) return false;
    const claim = this.disk.keys.get(storedKey(taskId, idempotencyKey));
    return claim?.runId === id && claim.expiresAt > now;
  }

  #deleteLogs(before: number, limit: number): number {
    let deleted = 0;
    for (const [runId, lines] of this.disk.logs) {
      const kept = lines.filter((line) => line.at >= before || deleted++ >= limit);
      if (kept.length === 0) this.disk.logs.delete(runId);
      else this.disk.logs.set(runId, kept);
    }
    return Math.min(deleted, limit);
  }

  #runsOf(ids: Iterable<RunId>): Run[] {
    return [...ids].flatMap((id) => this.disk.runs.get(id)?.run ?? []);
  }

  async #enter(method: Exclude<keyof Store, "commitBatch" | "close" | "open">): Promise<void> {
    this.#ownEpoch();
    await this.#onCall(method);
  }

  #ownEpoch(): number {
    if (this.#epoch === undefined) throw new StoreError("The store is not open: it was closed, or never opened.");
    return this.#epoch;
  }
}

function pageAfter(
  runs: readonly Run[],
  after: SortKey | undefined,
  limit: number,
  placeOf: (run: Run) => SortKey,
): Page {
  const ordered = runs
    .filter((run) => after === undefined || compareSortKeys(placeOf(run), after) > 0)
    .sort((a, b) => compareSortKeys(placeOf(a), placeOf(b)));
  return pageOf(ordered.slice(0, limit + 1), limit, placeOf);
}
