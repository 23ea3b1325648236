import type { AttemptRecord, CurrentAttempt } from "../../core/life/attempt.ts";
import type { Run, TimelineEntry } from "../../core/life/run.ts";
import type { ListedRun } from "../store.ts";
import { fromStored, storedError, storedInstant, storedText } from "./stored-value.ts";

/** Members of a run that are in the document itself, because lists filter by them or a write names them. */
const outerMembers = [
  "revision",
  "taskId",
  "queue",
  "status",
  "isTest",
  "version",
  "machine",
  "tags",
  "batchId",
  "parentRunId",
] as const satisfies readonly (keyof Run)[];

/** Every member of a run, in the order of the core, so that an export has the same bytes from every store. */
const memberNames = Object.keys({
  id: true,
  taskId: true,
  status: true,
  revision: true,
  createdAt: true,
  updatedAt: true,
  queuedAt: true,
  startedAt: true,
  finishedAt: true,
  delayedUntil: true,
  dueAt: true,
  queue: true,
  concurrencyKey: true,
  priorityMs: true,
  queueTime: true,
  machine: true,
  version: true,
  retry: true,
  maxDurationMs: true,
  maxAttempts: true,
  ttlMs: true,
  tags: true,
  idempotencyKey: true,
  parentRunId: true,
  rootRunId: true,
  depth: true,
  batchId: true,
  triggerFunction: true,
  isReplay: true,
  isTest: true,
  attemptNumber: true,
  interruptions: true,
  chargedInterruptions: true,
  suspicions: true,
  deliveries: true,
  current: true,
  attempts: true,
  lingering: true,
  descendantsToCancel: true,
  activeMs: true,
  error: true,
  hasOutput: true,
  timeline: true,
} satisfies Record<keyof Run, true>);

/** The members of a document that hold a run. */
export interface RunHolder {
  readonly _id: string;
  readonly revision: number;
  readonly taskId: string;
  readonly queue: string;
  readonly status: string;
  readonly isTest: boolean;
  readonly version?: string;
  readonly machine?: string;
  readonly tags?: readonly string[];
  readonly batchId?: string;
  readonly parentRunId?: string;
  /** The rest of the run. The whole run as JSON text if a Baton with schema 1 wrote it. */
  readonly run: EmbeddedRun | string;
}

/** The part of a run that is embedded in its document. Instants are dates; absent members are undefined. */
export type EmbeddedRun = ReturnType<typeof embedRun>;

/** The projection that reads a whole run. */
export const runMembers = { run: 1, ...Object.fromEntries(outerMembers.map((name) => [name, 1])) };

/** The projection that reads the listed members of a run. */
export const listedMembers = {
  "run.attempts": 0,
  "run.timeline": 0,
  "run.error.stackTrace": 0,
  "run.error.cause": 0,
  "run.error.errors": 0,
  "run.error.properties": 0,
  payload: 0,
  payloadTypes: 0,
  output: 0,
  outputTypes: 0,
} as const;

/** Returns the embedded part of a run. Names every member: copying by spreading costs several times as much. */
export function embedRun(run: Run) {
  return {
    createdAt: storedInstant(run.createdAt),
    updatedAt: storedInstant(run.updatedAt),
    queuedAt: storedInstant(run.queuedAt),
    startedAt: storedInstant(run.startedAt),
    finishedAt: storedInstant(run.finishedAt),
    delayedUntil: storedInstant(run.delayedUntil),
    dueAt: storedInstant(run.dueAt),
    concurrencyKey: run.concurrencyKey,
    priorityMs: run.priorityMs,
    queueTime: storedInstant(run.queueTime),
    retry: run.retry,
    maxDurationMs: run.maxDurationMs,
    maxAttempts: run.maxAttempts,
    ttlMs: run.ttlMs,
    idempotencyKey: storedText(run.idempotencyKey),
    rootRunId: run.rootRunId,
    depth: run.depth,
    triggerFunction: run.triggerFunction,
    isReplay: run.isReplay,
    attemptNumber: run.attemptNumber,
    interruptions: run.interruptions,
    chargedInterruptions: run.chargedInterruptions,
    suspicions: run.suspicions,
    deliveries: run.deliveries,
    current: run.current && embedCurrent(run.current),
    attempts: run.attempts.map(embedAttempt),
    lingering: run.lingering,
    descendantsToCancel: run.descendantsToCancel,
    activeMs: run.activeMs,
    error: storedError(run.error),
    hasOutput: run.hasOutput,
    timeline: run.timeline.map(embedEntry),
  } satisfies Record<Exclude<keyof Run, "id" | (typeof outerMembers)[number]>, unknown>;
}

/** Reads the run in a document. */
export function readRun(document: RunHolder): Run {
  return readMembers(document, { attempts: [], timeline: [] }) as unknown as Run;
}

/** Reads the run in a document that was read with {@link listedMembers}. */
export function readListedRun(document: RunHolder): ListedRun {
  return readMembers(document, {}) as unknown as ListedRun;
}

function readMembers(document: RunHolder, arrays: object): object {
  const { _id, run } = document;
  if (typeof run === "string") return JSON.parse(run) as object;
  const found: Record<string, unknown> = { id: _id, tags: [], ...arrays, ...fromStored(run) };
  for (const name of outerMembers) if (document[name] !== undefined) found[name] = document[name];
  const members: Record<string, unknown> = {};
  for (const name of memberNames) if (found[name] !== undefined) members[name] = found[name];
  return members;
}

function embedCurrent(current: CurrentAttempt) {
  return {
    id: current.id,
    number: current.number,
    runnerId: current.runnerId,
    machine: current.machine,
    version: current.version,
    assignedAt: storedInstant(current.assignedAt),
    startedAt: storedInstant(current.startedAt),
  } satisfies Record<keyof CurrentAttempt, unknown>;
}

function embedAttempt(attempt: AttemptRecord) {
  return {
    id: attempt.id,
    number: attempt.number,
    status: attempt.status,
    runnerId: attempt.runnerId,
    machine: attempt.machine,
    startedAt: storedInstant(attempt.startedAt),
    endedAt: storedInstant(attempt.endedAt),
    activeMs: attempt.activeMs,
    error: storedError(attempt.error),
    stopLatenessMs: attempt.stopLatenessMs,
    usage: attempt.usage,
  } satisfies Record<keyof AttemptRecord, unknown>;
}

function embedEntry(entry: TimelineEntry) {
  return {
    status: entry.status,
    at: storedInstant(entry.at),
    reason: storedText(entry.reason),
  } satisfies Record<keyof TimelineEntry, unknown>;
}
