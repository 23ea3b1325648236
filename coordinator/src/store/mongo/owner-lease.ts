import type { Clock } from "@baton/proto/clock";
import type { StoreLockedError } from "../../errors.ts";
import { lockedBy, readOwner } from "./ownership.ts";
import { withPatience } from "./patience.ts";
import type { Collections, Holder } from "./schema.ts";

/** The settings of a lease, and the parts that keep it. */
export interface OwnerLeaseOptions {
  readonly collection: Collections["meta"];
  readonly clock: Clock;
  readonly place: string;
  readonly leaseMs: number;
  readonly epoch: number;
  /** When the ownership was requested, by the monotonic clock. */
  readonly takenAt: number;
  readonly holder: Holder;
  /** Called once, when the document has another epoch. */
  readonly onLost: (error: StoreLockedError) => void;
}

/** A tick that is later than this means that the process was paused, in milliseconds. */
const pauseThresholdMs = 1_000;

/**
 * Keeps an ownership by renewing it five times in a lease. States: held → doubtful (not renewed for half a lease, or
 * paused) → held again, once it is renewed; or lost. In doubt, the document is read before anything is sent. That read
 * does not make the ownership held, because other coordinators see only renewals.
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
   * Resolves when this process may send: at once, or, in doubt, after a read of the document.
   * @throws StoreLockedError if another coordinator took the ownership; StoreError if the read took a quarter of a
   * lease, because the ownership may be lost by then; the driver's error if the document cannot be read.
   */
  async assertHeld(): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost;
    if (this.#isHeld) return;
    this.#confirming ??= this.#confirm().finally(() => {
      this.#confirming = undefined;
    });
    await this.#confirming;
  }

  /** Whether this process may send without reading the document. */
  get #isHeld(): boolean {
    const { monotonic, wall } = this.#bothClocks();
    const sinceTickMs = Math.max(monotonic - this.#tickedAt.monotonic, wall - this.#tickedAt.wall);
    const isLate = sinceTickMs > this.#tickMs + pauseThresholdMs;
    return !this.#isDoubtful && !isLate && monotonic - this.#renewedAt <= this.#options.leaseMs / 2;
  }

  /** Reads both clocks: the monotonic one stops in a suspended machine; setting the wall clock costs one read. */
  #bothClocks(): { readonly monotonic: number; readonly wall: number } {
    const { clock } = this.#options;
    return { monotonic: clock.monotonicNow(), wall: clock.wallNow() };
  }

  /** Stops renewing. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelTick?.();
  }

  /** Gives up the ownership, if it is held, so that the next owner need not wait. */
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

  /** Renews the ownership. Reports no failures: requests to the store meet them too, and the next tick tries again. */
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

  /** Limits the wait: a late answer proves nothing, and waiting for a lost one would let the lease end. */
  #soon<T>(answer: Promise<T>): Promise<T> {
    const { clock, leaseMs, place } = this.#options;
    const patienceMs = leaseMs / 4;
    const message = `The store ${place} did not say within ${patienceMs / 1_000} s who owns it.`;
    return withPatience(clock, patienceMs, message, answer);
  }
}
