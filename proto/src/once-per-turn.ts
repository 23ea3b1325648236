/** Calls back at the end of the current event-loop turn; a clock of the coordinator has this shape. */
export interface TurnClock {
  soon(callback: () => void): void;
}

const systemTurns: TurnClock = { soon: (callback) => void setImmediate(callback) };

/** Joins the requests of one event-loop turn: however many come, the work is done once, at the end of the turn. */
export class OncePerTurn {
  readonly #work: () => void;
  readonly #clock: TurnClock;
  readonly #onTurnEnd = (): void => this.runNow();
  #isPlanned = false;

  constructor(work: () => void, clock: TurnClock = systemTurns) {
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
