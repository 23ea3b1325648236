import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Clock } from "@baton/proto/clock";
import { StoreError, StoreLockedError } from "../../errors.ts";
import { isAway, isDuplicateKey, isPassing } from "./failure.ts";
import type { Collections, Holder, OwnerDocument } from "./schema.ts";

/** How long a silent owner stays the owner, in milliseconds. */
export const ownershipLeaseMs = 10_000;

/** How often a failed try to take the ownership is repeated, if the failure is passing and no wait has begun. */
const repeats = 3;

/** Settings for taking the ownership. */
export interface OwnershipOptions {
  readonly collection: Collections["meta"];
  readonly clock: Clock;
  /** The address of the store without secrets. */
  readonly place: string;
  readonly leaseMs: number;
  /** Called with the holder's name when the wait for that holder begins; absent: a live holder is an error. */
  readonly onHeld?: ((holder: string) => void) | undefined;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** Returns the id and name of this process as a holder. */
export function makeHolder(): Holder {
  return { id: randomUUID(), name: `process ${process.pid} on ${hostname()}` };
}

/**
 * Takes the ownership of the store: at once if it is free, else after the holder was silent for a lease by this
 * process's clock. The clocks of two machines are never compared.
 * @returns the epoch, and the monotonic time at which the ownership was requested.
 * @throws StoreLockedError naming a live holder, unless `onHeld` is set.
 */
export async function takeOwnership(
  options: OwnershipOptions,
  holder: Holder,
): Promise<{ readonly epoch: number; readonly takenAt: number }> {
  const { clock, collection, leaseMs, onHeld, place, signal } = options;
  let toldOf: string | undefined;
  let failures = 0;
  for (;;) {
    if (signal.aborted) throw new StoreError(`The store ${place} was closed while it waited for the owner.`);
    try {
      const found = await readOwner(collection);
      // A document with this process's id comes from an earlier try whose answer was lost.
      const isFree = found?.holder === undefined || found.holder.id === holder.id;
      if (found !== undefined && !isFree && !(await isSilent(options, found))) {
        const { name } = found.holder;
        if (onHeld === undefined) throw lockedBy(name, place);
        if (toldOf !== found.holder.id) onHeld(name);
        toldOf = found.holder.id;
        continue;
      }
      const takenAt = clock.monotonicNow();
      const epoch = await replaceOwner(collection, found, holder);
      if (epoch !== undefined) return { epoch, takenAt };
    } catch (error) {
      failures += 1;
      // A standby has seen that the store works, so it waits for the store as it waits for the owner.
      const isWaitedFor = toldOf === undefined ? failures <= repeats && isPassing(error) : isAway(error);
      if (!isWaitedFor) throw error;
      await pause(clock, leaseMs / 20, signal);
    }
  }
}

/** Reads the owner document. */
export async function readOwner(collection: Collections["meta"]): Promise<OwnerDocument | undefined> {
  const found = await collection.findOne({ _id: "owner" });
  return found !== null && "epoch" in found ? { ...found, _id: "owner" } : undefined;
}

/** Returns the error for a coordinator that is not, or no longer, the owner. */
export function lockedBy(name: string | undefined, place: string): StoreLockedError {
  return new StoreLockedError(
    `The store ${place} is owned by another coordinator, ${name ?? "which has given it up again"}. ` +
      "Stop that one, or name another database; a coordinator with --standby waits, and takes over when that one is gone.",
  );
}

/**
 * Watches the document for a lease. Time in which the store was unreachable does not count, because the owner could not
 * renew either: a read that was answered late restarts the watch, and a failed read ends it.
 */
async function isSilent(
  { clock, collection, leaseMs, signal }: OwnershipOptions,
  seen: OwnerDocument,
): Promise<boolean> {
  let seenAt = clock.monotonicNow();
  for (;;) {
    await pause(clock, leaseMs / 20, signal);
    const lookedAt = clock.monotonicNow();
    if (signal.aborted) return false;
    const now = await readOwner(collection);
    if (now?.epoch !== seen.epoch || now.beat !== seen.beat || now.holder === undefined) return false;
    const answeredAt = clock.monotonicNow();
    if (answeredAt - lookedAt > leaseMs / 4) seenAt = answeredAt;
    else if (lookedAt - seenAt >= leaseMs) return true;
  }
}

/** @returns the new epoch, or undefined when another coordinator was faster */
async function replaceOwner(
  collection: Collections["meta"],
  found: OwnerDocument | undefined,
  holder: Holder,
): Promise<number | undefined> {
  const epoch = (found?.epoch ?? 0) + 1;
  const owner: OwnerDocument = { _id: "owner", epoch, beat: 0, holder };
  if (found !== undefined) {
    const { matchedCount } = await collection.replaceOne({ _id: "owner", epoch: found.epoch, beat: found.beat }, owner);
    return matchedCount === 1 ? epoch : undefined;
  }
  try {
    await collection.insertOne(owner);
    return epoch;
  } catch (error) {
    if (isDuplicateKey(error)) return undefined;
    throw error;
  }
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(ms, () => {
      signal.removeEventListener("abort", end);
      resolve();
    });
    const end = () => {
      cancel();
      resolve();
    };
    signal.addEventListener("abort", end, { once: true });
  });
}
