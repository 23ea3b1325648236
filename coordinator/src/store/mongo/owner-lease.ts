import type { Clock } from "@baton/proto/clock";
import type { StoreLockedError } from "../../errors.ts";
import { lockedBy, readOwner } from "./ownership.ts";
import { withPatience } from "./patience.ts";
import type { Collections, Holder } from "./schema.ts";

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
 * paused) → held again, once it is renewed; or lost. While it is doubtful, the document is read before anything is sent; to
 * have read it does not make it held, because whoever watches us sees renewals only.
 */
export class OwnerLease {
  readonly #options: OwnerLeaseOptions;
  readonly #tickMs: number;
  #renewedAt: number;
  #tickedAt: { readonly monotonic: number; readonly wall: number };
  #isDoubtful = false;
  #cancelTick: (() => void) | undefined;
  #isRenewing = false;
  #confirming: Promise<void> | undefined;
  #lost: StoreLockedError | undefined;
  #isStopped = false;

  constructor(options: OwnerLeaseOptions) {
    this.#options = options;
    this.#tickMs = options.leaseMs / 40;
    this.#renewedAt = options.takenAt;
    this.#tickedAt = this.#bothClocks();
    this.#armTick();
  }

  /**
   * Resolves when this process may send: at once, or after a look at the document when it may have been taken.
   * @throws StoreLockedError when it was; StoreError when the answer took a quarter of a lease, because by then it may have been;
   * what the driver throws when the document cannot be read.
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
    const { monotonic, wall } = this.#bothClocks();
    const sinceTickMs = Math.max(monotonic - this.#tickedAt.monotonic, wall - this.#tickedAt.wall);
    const isLate = sinceTickMs > this.#tickMs + pauseThresholdMs;
    return !this.#isDoubtful && !isLate && monotonic - this.#renewedAt <= this.#options.leaseMs / 2;
  }

  /** The monotonic clock stands still while the machine is suspended; the other one may be set, which costs one look. */
  #bothClocks(): { readonly monotonic: number; readonly wall: number } {
    const { clock } = this.#options;
    return { monotonic: clock.monotonicNow(), wall: clock.wallNow() };
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
    await this.#soon(collection.updateOne({ _id: "owner", epoch }, { $unset: { holder: true } }));
  }

  async #confirm(): Promise<void> {
    const { collection, epoch, place } = this.#options;
    const found = await this.#soon(readOwner(collection));
    if (found?.epoch === epoch) return;
    this.#lost ??= lockedBy(found?.holder?.name, place);
    this.stop();
    this.#options.onLost(this.#lost);
    throw this.#lost;
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
    if (!this.#isHeld) this.#isDoubtful = true;
    this.#tickedAt = this.#bothClocks();
    const isDue = this.#isDoubtful || now - this.#renewedAt >= leaseMs / 5 - this.#tickMs / 2;
    if (isDue && !this.#isRenewing) void this.#renew();
  }

  /** Failures are not told here: whoever asks something of the store meets them, and the next tick tries again. */
  async #renew(): Promise<void> {
    this.#isRenewing = true;
    try {
      await this.assertHeld();
      const { clock, collection, epoch } = this.#options;
      const askedAt = clock.monotonicNow();
      const renewal = collection.updateOne({ _id: "owner", epoch }, { $inc: { beat: 1 } });
      const { matchedCount } = await this.#soon(renewal);
      if (matchedCount !== 1) return await this.#confirm();
      this.#renewedAt = askedAt;
      this.#isDoubtful = false;
    } catch {
      // see above
    } finally {
      this.#isRenewing = false;
    }
  }

  /** What is late says nothing any more, and a renewal that waits for a lost answer would let the lease end. */
  #soon<T>(answer: Promise<T>): Promise<T> {
    const { clock, leaseMs, place } = this.#options;
    const patienceMs = leaseMs / 4;
    const message = `The store ${place} did not say within ${patienceMs / 1_000} s who owns it.`;
    return withPatience(clock, patienceMs, message, answer);
  }
}
