import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";

const { add } = Atomics;

/** Runs code in the async context of its owner. */
type RunFor<Owner> = (owner: Owner, code: () => void) => void;

/** Connects the watch for late code to its thread. */
export interface LateCodeParts<Owner extends object> {
  /** A counter that the host reads; odd while code of an ended attempt runs. */
  readonly counter: Int32Array;
  /** Returns the owner of the running code. */
  owner(): Owner | undefined;
  /** Whether the owner is not the attempt that the thread executes. */
  isLate(owner: Owner): boolean;
  readonly runFor: RunFor<Owner>;
  /** Called when code of an ended attempt throws. */
  failed(owner: Owner, thrown: unknown): void;
}

/**
 * Shows the host when callbacks of an ended attempt run in a thread that is still used: unreferenced timers, immediates
 * and finalizers. A failure during such a callback is not blamed on the attempt that the thread executes by then.
 */
export function watchLateCode<Owner extends object>(parts: LateCodeParts<Owner>): void {
  watchTimers(parts);
  watchImmediates(parts);
  watchFinalizers(parts);
}

interface Timer {
  _onTimeout: ((...values: readonly unknown[]) => unknown) | null;
}

function watchTimers<Owner extends object>(parts: LateCodeParts<Owner>): void {
  const sample = setTimeout(() => undefined, 0);
  clearTimeout(sample);
  const prototype = Object.getPrototypeOf(sample) as { unref(this: Timer): Timer };
  const { unref } = prototype;
  const watched = new WeakSet<Timer>();
  prototype.unref = function unrefWatched() {
    const owner = parts.owner();
    const call = this._onTimeout;
    if (owner !== undefined && typeof call === "function" && !watched.has(this)) {
      watched.add(this);
      this._onTimeout = (...values) => runLate(parts, owner, () => call.apply(this, [...values]));
    }
    return unref.call(this);
  };
}

function watchImmediates<Owner extends object>(parts: LateCodeParts<Owner>): void {
  type Call = (...values: readonly unknown[]) => void;
  const start = timers.setImmediate as (call: Call, ...values: readonly unknown[]) => NodeJS.Immediate;
  const startWatched = function setImmediate(call: Call, ...values: readonly unknown[]): NodeJS.Immediate {
    const owner = parts.owner();
    if (owner === undefined || typeof call !== "function") return start(call, ...values);
    return start(function onImmediate(this: unknown) {
      runLate(parts, owner, () => call.apply(this, [...values]));
    });
  };
  // They include the promisified form.
  Object.defineProperties(startWatched, Object.getOwnPropertyDescriptors(start));
  Object.assign(timers, { setImmediate: startWatched });
  Object.assign(globalThis, { setImmediate: startWatched });
  syncBuiltinESMExports();
}

function watchFinalizers<Owner extends object>(parts: LateCodeParts<Owner>): void {
  const Native = globalThis.FinalizationRegistry;
  const OwnedRegistry = class<Held> extends Native<Held> {
    constructor(cleanUp: (held: Held) => void) {
      if (typeof cleanUp !== "function") super(cleanUp);
      else
        super((given) => {
          const { held, owner } = given as unknown as { readonly held: Held; readonly owner: Owner | undefined };
          if (owner === undefined) cleanUp(held);
          else parts.runFor(owner, () => runLate(parts, owner, () => cleanUp(held)));
        });
    }

    override register(target: WeakKey, held: Held, token?: WeakKey): void {
      if (target === held) super.register(target, held, token);
      else super.register(target, { held, owner: parts.owner() } as unknown as Held, token);
    }
  };
  Object.defineProperty(OwnedRegistry, "name", { value: "FinalizationRegistry", configurable: true });
  Object.assign(globalThis, { FinalizationRegistry: OwnedRegistry });
}

function runLate<Owner extends object>(parts: LateCodeParts<Owner>, owner: Owner, code: () => void): void {
  if (!parts.isLate(owner)) {
    code();
    return;
  }
  add(parts.counter, 0, 1);
  try {
    code();
  } catch (error) {
    parts.failed(owner, error);
  } finally {
    add(parts.counter, 0, 1);
  }
}
