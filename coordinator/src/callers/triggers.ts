import type { Clock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import { assertNever } from "../core/assert.ts";
import type { Reply } from "../core/effect.ts";
import type { NewRun } from "../core/life/new-run.ts";
import type { Run } from "../core/life/run.ts";
import type { Engine } from "../engine/engine.ts";
import { payloadLength } from "../engine/payload-cache.ts";
import type { RunReader } from "../engine/run-reader.ts";
import { OverloadedError, ParentNotRunningError, QueueFullError, RunIdTakenError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { resolveKeys } from "./idempotency.ts";
import type { TriggerCommand, TriggerOutcome } from "./trigger-command.ts";

/** How long an overloaded coordinator asks callers to wait, in milliseconds. */
export const overloadRetryMs = 500;
/** The most triggers with an idempotency key that wait for the store; further ones are refused. */
export const maxWaitingKeyed = 10_000;
/** Characters of their payloads at which further ones are refused. */
export const maxWaitingKeyedBytes = 64 * 1024 * 1024;
/** The most triggers whose keys are resolved in one call of the store, unless one call alone has more. */
const keyedPerRound = 1_000;

/** The parts of the coordinator that triggering works with. */
export interface TriggersDeps {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  readonly reader: RunReader;
}

/** A call whose keys are not resolved yet. */
interface KeyedCall {
  readonly commands: readonly TriggerCommand[];
  readonly resolve: (outcomes: Promise<readonly TriggerOutcome[]>) => void;
  readonly reject: (error: unknown) => void;
}

/** A trigger whose key is resolved. */
interface ResolvedTrigger {
  readonly command: TriggerCommand;
  /** The run that the key names; undefined: the trigger makes one. */
  readonly hit: Run | undefined;
  /** Whether the command's run id comes from an earlier claim of the key. */
  readonly isAdopted: boolean;
}

/** Creates runs for callers: resolves idempotency keys, steps the triggers, and answers each with its outcome. */
export class Triggers {
  readonly #deps: TriggersDeps;
  readonly #engine: Engine;
  readonly #keyedCalls: KeyedCall[] = [];
  #waitingKeyed = 0;
  #waitingKeyedBytes = 0;
  #isResolving = false;

  constructor(deps: TriggersDeps) {
    this.#deps = deps;
    this.#engine = deps.engine;
  }

  /** Resolves with an outcome for each command. @throws StoppingError, OverloadedError, StoreError */
  async trigger(commands: readonly TriggerCommand[]): Promise<readonly TriggerOutcome[]> {
    this.#engine.assertRunning();
    if (this.#engine.isOverloaded) throw new OverloadedError(overloadRetryMs);
    if (commands.every((command) => command.idempotencyKey === undefined)) {
      return Promise.all(commands.map((command) => this.#stepOne(command, false)));
    }
    const isFull =
      this.#waitingKeyed + commands.length > maxWaitingKeyed || this.#waitingKeyedBytes >= maxWaitingKeyedBytes;
    if (isFull) throw new OverloadedError(overloadRetryMs);
    this.#waitingKeyed += commands.length;
    this.#waitingKeyedBytes += bytesOf(commands);
    return new Promise((resolve, reject) => {
      this.#keyedCalls.push({ commands, resolve, reject });
      void this.#resolveWaiting();
    });
  }

  /**
   * Like {@link trigger}, but creates no run when one of the run ids belongs to another run, or when a queue has no
   * room for all of them. Completes a batch that was created in part before.
   * @throws RunIdTakenError, QueueFullError and what {@link trigger} throws
   */
  async triggerBatch(commands: readonly TriggerCommand[]): Promise<readonly TriggerOutcome[]> {
    this.#engine.assertRunning();
    const known = await this.#findKnownRuns(commands.map(({ runId }) => runId));
    const checks = commands.map(async (command) => {
      const run = known.get(command.runId);
      if (run !== undefined && !(await this.#isSame(run, command))) throw new RunIdTakenError(command.runId);
    });
    await Promise.all(checks);
    const requests = commands.filter(({ runId }) => !known.has(runId)).map(newRunOf);
    const full = this.#engine.partition.findFullQueue(requests, this.#engine.now);
    if (full !== undefined) throw new QueueFullError(full.queue, full.limit);
    return this.trigger(commands);
  }

  /**
   * Resolves keys in order, so that two triggers with one key never both find that its run does not exist. Calls that
   * arrive while the store is read are resolved together.
   */
  async #resolveWaiting(): Promise<void> {
    if (this.#isResolving) return;
    this.#isResolving = true;
    while (this.#keyedCalls.length > 0) {
      const calls = this.#takeRound();
      const commands = calls.flatMap((call) => call.commands);
      try {
        const triggers = await this.#resolveKeys(commands);
        this.#engine.assertRunning();
        let at = 0;
        for (const call of calls) {
          call.resolve(this.#stepAll(triggers.slice(at, at + call.commands.length)));
          at += call.commands.length;
        }
      } catch (error) {
        for (const call of calls) call.reject(error);
      }
      this.#waitingKeyed -= commands.length;
      this.#waitingKeyedBytes -= bytesOf(commands);
    }
    this.#isResolving = false;
  }

  #takeRound(): KeyedCall[] {
    const calls: KeyedCall[] = [];
    let count = 0;
    for (let next = this.#keyedCalls[0]; next !== undefined; next = this.#keyedCalls[0]) {
      if (calls.length > 0 && count + next.commands.length > keyedPerRound) break;
      count += next.commands.length;
      calls.push(next);
      this.#keyedCalls.shift();
    }
    return calls;
  }

  /** Finds the run id that each command's key stands for, and the run if it exists. */
  async #resolveKeys(commands: readonly TriggerCommand[]): Promise<readonly ResolvedTrigger[]> {
    const { clock, store } = this.#deps;
    const keyed = commands.flatMap(({ idempotencyKey, idempotencyKeyTtlMs, runId, taskId }) =>
      idempotencyKey === undefined ? [] : [{ runId, taskId, idempotencyKey, idempotencyKeyTtlMs }],
    );
    const resolved = await resolveKeys(store, keyed, (runIds) => this.#findKnownRuns(runIds), clock.wallNow());
    let position = 0;
    return commands.map((command) => {
      if (command.idempotencyKey === undefined) return { command, hit: undefined, isAdopted: false };
      const { hit, runId } = resolved[position] ?? { runId: command.runId, hit: undefined };
      position += 1;
      return { command: { ...command, runId }, hit, isAdopted: runId !== command.runId };
    });
  }

  #stepAll(triggers: readonly ResolvedTrigger[]): Promise<readonly TriggerOutcome[]> {
    return Promise.all(
      triggers.map(({ command, hit, isAdopted }) =>
        hit === undefined ? this.#stepOne(command, isAdopted) : this.#hitOf(hit),
      ),
    );
  }

  /** Answers a trigger whose key names an existing run, once that run is durable. */
  async #hitOf({ id, status, taskId }: Run): Promise<TriggerOutcome> {
    if (this.#engine.findUnwritten(id) !== undefined) await this.#engine.whenDurable();
    return { ok: true, runId: id, taskId, isCached: true, status };
  }

  /** @param isAdopted the id comes from an earlier claim of the same key, so an existing run is a hit */
  async #stepOne(command: TriggerCommand, isAdopted: boolean): Promise<TriggerOutcome> {
    const { runId } = command;
    const stored = this.#engine.findUnwritten(runId);
    const { parent, payload, payloadTypes } = command;
    const reply = await this.#engine.request((requestId) => ({
      type: "runTriggered",
      runId,
      requestId,
      request: newRunOf(command),
      texts: { payload, payloadTypes },
      ...(parent !== undefined && { parent }),
      ...(stored !== undefined && { stored }),
    }));
    if (reply.type !== "run") return this.#refusedUnlessMade(command, reply);
    const { run, isNew } = reply;
    if (!isNew && !isAdopted && !(await this.#isSame(run, command))) {
      return { ok: false, error: new RunIdTakenError(runId) };
    }
    return { ok: true, runId, taskId: run.taskId, isCached: isAdopted && !isNew, status: run.status };
  }

  /** Reads the store first, because a trigger may be repeated after its run has ended and left memory. */
  async #refusedUnlessMade(command: TriggerCommand, reply: Exclude<Reply, { type: "run" }>): Promise<TriggerOutcome> {
    const { runId, taskId } = command;
    const made = (await this.#findKnownRuns([runId])).get(runId);
    if (made !== undefined) {
      if (!(await this.#isSame(made, command))) return { ok: false, error: new RunIdTakenError(runId) };
      return { ok: true, runId, taskId, isCached: false, status: made.status };
    }
    switch (reply.type) {
      case "parentNotRunning":
        return { ok: false, error: new ParentNotRunningError(reply.runId) };
      case "queueFull":
        return { ok: false, error: new QueueFullError(reply.queue, reply.limit) };
      case "notFound":
        throw new Error(`A trigger of ${runId} was answered with notFound.`);
      default:
        return assertNever(reply);
    }
  }

  async #isSame(run: Run, command: TriggerCommand): Promise<boolean> {
    if (run.taskId !== command.taskId) return false;
    if (this.#engine.findUnwritten(run.id) !== undefined) await this.#engine.whenDurable();
    const stored = await this.#deps.reader.find(run.id);
    return stored?.payload === command.payload && stored?.payloadTypes === command.payloadTypes;
  }

  async #findKnownRuns(runIds: readonly RunId[]): Promise<ReadonlyMap<RunId, Run>> {
    const found = new Map<RunId, Run>();
    const missing: RunId[] = [];
    for (const runId of runIds) {
      const run = this.#engine.find(runId);
      if (run === undefined) missing.push(runId);
      else found.set(runId, run);
    }
    if (missing.length > 0) {
      for (const { run } of await this.#deps.store.findRuns(missing, false)) found.set(run.id, run);
    }
    return found;
  }
}

function bytesOf(commands: readonly TriggerCommand[]): number {
  return commands.reduce((sum, command) => sum + payloadLength(command), 0);
}

function newRunOf(command: TriggerCommand): NewRun {
  const {
    idempotencyKeyTtlMs: _ttl,
    parent: _parent,
    payload: _payload,
    payloadTypes: _types,
    runId,
    ...rest
  } = command;
  return { ...rest, id: runId };
}
