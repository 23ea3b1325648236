import { type Clock, systemClock } from "./clock.ts";

/** Joins the requests of one event-loop turn: the work is done once, at the end of the turn. */
export class OncePerTurn {
  readonly #work: () => void;
  readonly #clock: Pick<Clock, "soon">;
  readonly #onTurnEnd = (): void => this.runNow();
  #isPlanned = false;

  constructor(work: () => void, clock: Pick<Clock, "soon"> = systemClock) {
    this.#work = work;
    this.#clock = clock;
  }

  /** Plans the work for the end of this turn. */
  plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#clock.soon(this.#onTurnEnd);
  }

  /** Does the work at once if it is planned. */
  runNow(): void {
    if (!this.#isPlanned) return;
    this.#isPlanned = false;
    this.#work();
  }
}
