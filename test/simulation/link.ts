import type {
  Dispatch,
  RunnerHello,
  RunnerLink,
  RunnerReport,
  Welcome,
} from "@baton/coordinator/internal/runners/runner-link";
import type { RunnerSession } from "@baton/coordinator/internal/runners/runner-session";
import type { SeededRandom } from "./seeded-random.ts";
import type { Process } from "./virtual-time.ts";

/** The runner's end of a stream. */
export interface StreamEnd {
  welcome(welcome: Welcome): void;
  dispatch(dispatch: Dispatch): void;
  closed(): void;
}

/** What a stream crosses. */
export interface Wire {
  readonly random: SeededRandom;
  now(): number;
  /** How long a message takes now, in milliseconds. */
  latencyMs(): number;
  /** A message is told twice now, where delivery is at least once. */
  doubles(): boolean;
}

/** A runner's stream to one coordinator: ordered in each direction, and lost with everything on its way when it is cut. */
export class Stream implements RunnerLink {
  readonly #wire: Wire;
  readonly #runner: Process;
  readonly #coordinator: Process;
  readonly #end: StreamEnd;
  #session: RunnerSession | undefined;
  #isOpen = true;
  #arrival = { atRunner: 0, atCoordinator: 0 };

  constructor(wire: Wire, runner: Process, coordinator: Process, end: StreamEnd) {
    this.#wire = wire;
    this.#runner = runner;
    this.#coordinator = coordinator;
    this.#end = end;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Every simulated runner reads what comes. */
  readonly unreadLength = 0;

  // The runner's calls

  open(hello: RunnerHello, attach: (hello: RunnerHello, link: RunnerLink) => RunnerSession): void {
    this.#toCoordinator(() => {
      try {
        this.#session = attach(hello, this);
      } catch {
        this.close();
      }
    });
  }

  report(report: RunnerReport): void {
    this.#toCoordinator(() => this.#session?.report(report));
    if (this.#wire.doubles()) this.#toCoordinator(() => this.#session?.report(report));
  }

  versionsChanged(versions: readonly string[]): void {
    this.#toCoordinator(() => this.#session?.versionsChanged(versions));
  }

  draining(): void {
    this.#toCoordinator(() => this.#session?.draining());
  }

  // The coordinator's calls

  welcome(welcome: Welcome): void {
    this.#toRunner(() => this.#end.welcome(welcome));
  }

  dispatch(dispatch: Dispatch): void {
    this.#toRunner(() => this.#end.dispatch(dispatch));
    if (this.#wire.doubles()) this.#toRunner(() => this.#end.dispatch(dispatch));
  }

  close(): void {
    this.cut(this.#wire.latencyMs(), 0);
  }

  /** Loses what is on its way. Each end learns of it after its own time, in milliseconds. */
  cut(runnerLearnsMs: number, coordinatorLearnsMs: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#runner.after(runnerLearnsMs, () => this.#end.closed());
    this.#coordinator.after(coordinatorLearnsMs, () => {
      const session = this.#session;
      this.#session = undefined;
      session?.closed();
    });
  }

  #toCoordinator(deliver: () => void): void {
    if (!this.#isOpen) return;
    const at = Math.max(this.#arrival.atCoordinator, this.#wire.now() + this.#wire.latencyMs());
    this.#arrival.atCoordinator = at;
    this.#coordinator.after(at - this.#wire.now(), () => {
      if (this.#isOpen) deliver();
    });
  }

  #toRunner(deliver: () => void): void {
    if (!this.#isOpen) return;
    const at = Math.max(this.#arrival.atRunner, this.#wire.now() + this.#wire.latencyMs());
    this.#arrival.atRunner = at;
    this.#runner.after(at - this.#wire.now(), () => {
      if (this.#isOpen) deliver();
    });
  }
}
