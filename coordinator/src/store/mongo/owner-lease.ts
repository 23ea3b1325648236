import type { Clock } from "../../clock.ts";
import type { StoreLockedError } from "../../errors.ts";
import { type Holder, lockedBy, readOwner } from "./ownership.ts";
import type { Collections } from "./schema.ts";

/** What a lease is kept with. */
export interface OwnerLeaseOptions {
  readonly collection: Collections["meta"];
  readonly clock: Clock;
  readonly place: string;
  readonly leaseMs: number;
  readonly epoch: number;
  /** When the ownership was asked for, by the monotonic clock. */
  readonly takenAt: number;
  readonly holder: Holder;
  /** Told once when the document carries another epoch. */
  readonly onLost: (error: StoreLockedError) => void;
}

/** How late a tick may come before this process counts as paused, in milliseconds. */
const pauseThresholdMs = 1_000;

/**
 * Keeps an ownership: says five times in a lease that we live. States: held → doubtful (not renewed for half a lease, or
 * paused) → held again, once the document was read and has our epoch, or lost.
 */
export class OwnerLease {
  readonly #options: OwnerLeaseOptions;
  readonly #tickMs: number;
  #confirmedAt: number;
  #tickedAt: number;
  #cancelTick: (() => void) | undefined;
  #isRenewing = false;
  #confirming: Promise<void> | undefined;
  #lost: StoreLockedError | undefined;
  #isStopped = false;

  constructor(options: OwnerLeaseOptions) {
    this.#options = options;
    this.#tickMs = options.leaseMs / 40;
    this.#confirmedAt = options.takenAt;
    this.#tickedAt = options.clock.monotonicNow();
    this.#armTick();
  }

  /**
   * Resolves when this process may send: at once, or after a look at the document when it may have been taken.
   * @throws StoreLockedError when it was; what the driver throws when it cannot be read.
   */
  async assertHeld(): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost;
    if (this.#isHeld) return;
    this.#confirming ??= this.#confirm().finally(() => {
      this.#confirming = undefined;
    });
    await this.#confirming;
  }

  /** May this process send without looking? */
  get #isHeld(): boolean {
    const now = this.#options.clock.monotonicNow();
    const isLate = now - this.#tickedAt > this.#tickMs + pauseThresholdMs;
    return !isLate && now - this.#confirmedAt <= this.#options.leaseMs / 2;
  }

  /** Stops renewing. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelTick?.();
  }

  /** Gives the ownership up, so that the next one need not wait. Only for one that is held. */
  async release(): Promise<void> {
    this.stop();
    if (this.#lost !== undefined || !this.#isHeld) return;
    const { collection, epoch } = this.#options;
    await collection.updateOne({ _id: "owner", epoch }, { $unset: { holder: true } });
  }

  async #confirm(): Promise<void> {
    const { clock, collection, epoch, place } = this.#options;
    const askedAt = clock.monotonicNow();
    const found = await readOwner(collection);
    if (found?.epoch !== epoch) {
      this.#lost ??= lockedBy(found?.holder?.name, place);
      this.stop();
      this.#options.onLost(this.#lost);
      throw this.#lost;
    }
    this.#confirmedAt = askedAt;
    this.#tickedAt = askedAt;
  }

  #armTick(): void {
    this.#cancelTick = this.#options.clock.setTimer(this.#tickMs, () => {
      if (this.#isStopped) return;
      this.#tick();
      this.#armTick();
    });
  }

  #tick(): void {
    const { clock, leaseMs } = this.#options;
    const now = clock.monotonicNow();
    const isDue = now - this.#confirmedAt >= leaseMs / 5 - this.#tickMs / 2;
    if (this.#isHeld) this.#tickedAt = now;
    else if (!this.#isRenewing) return void this.#renew();
    if (isDue && !this.#isRenewing) void this.#renew();
  }

  /** Failures are not told here: whoever asks something of the store meets them, and the next tick tries again. */
  async #renew(): Promise<void> {
    this.#isRenewing = true;
    try {
      await this.assertHeld();
      const { clock, collection, epoch } = this.#options;
      const askedAt = clock.monotonicNow();
      const { matchedCount } = await collection.updateOne({ _id: "owner", epoch }, { $inc: { beat: 1 } });
      if (matchedCount === 1) this.#confirmedAt = askedAt;
      else await this.#confirm();
    } catch {
      // see above
    } finally {
      this.#isRenewing = false;
    }
  }
}
