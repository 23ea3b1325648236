import { OverloadedError } from "../../errors.ts";

/** The most watched runs of all streams, and of one connection. Each takes about 300 bytes. */
export const maxWatches = { all: 500_000, perConnection: 250_000 } as const;
/** How long a refused caller is asked to wait, in milliseconds. */
const watchRetryMs = 1_000;

/** Counts the runs that streams watch, for each connection and for all. */
export class WatchBudget {
  readonly #byPeer = new Map<string, number>();
  #all = 0;

  /**
   * Counts one more run that a stream of this peer watches.
   * @throws OverloadedError when there are too many
   */
  take(peer: string): void {
    const own = this.#byPeer.get(peer) ?? 0;
    if (own >= maxWatches.perConnection) {
      throw new OverloadedError(watchRetryMs, `This connection watches ${maxWatches.perConnection} runs already.`);
    }
    if (this.#all >= maxWatches.all) {
      throw new OverloadedError(watchRetryMs, `The coordinator has ${maxWatches.all} watches already.`);
    }
    this.#byPeer.set(peer, own + 1);
    this.#all += 1;
  }

  /** Gives back runs that a stream of this peer watched. */
  giveBack(peer: string, count: number): void {
    const left = (this.#byPeer.get(peer) ?? 0) - count;
    if (left > 0) this.#byPeer.set(peer, left);
    else this.#byPeer.delete(peer);
    this.#all -= count;
  }
}
