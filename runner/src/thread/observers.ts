import { AsyncLocalStorage, createHook } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import nodeModule, { syncBuiltinESMExports } from "node:module";
import { PerformanceObserver } from "node:perf_hooks";
import v8 from "node:v8";

interface Switch {
  enable(): this;
  disable(): this;
}

type Start = (hook: never) => () => void;

/**
 * Counts the observers that code of this thread registered and that Node.js would call in later attempts too: hooks for
 * async resources, promises and imports, performance observers, and subscribers of diagnostics channels.
 */
export class Observers {
  readonly #active = new Set<object>();
  #subscribers = 0;

  /** Number of active observers. */
  get count(): number {
    return this.#active.size + this.#subscribers;
  }

  /** Wraps the functions that start and stop observers. */
  install(): void {
    this.#watchAsyncHooks();
    this.#watchPromiseHooks();
    this.#watchPerformance();
    this.#watchChannels();
    this.#watchImportHooks();
  }

  #watchAsyncHooks(): void {
    const active = this.#active;
    const prototype = Object.getPrototypeOf(createHook({})) as Switch;
    const { disable, enable } = prototype;
    prototype.enable = function enableCounted() {
      active.add(this);
      return enable.call(this);
    };
    prototype.disable = function disableCounted() {
      active.delete(this);
      return disable.call(this);
    };
    // In Node.js 20 and 22 all AsyncLocalStorages share one hook; this enables it before an attempt does.
    new AsyncLocalStorage().run(undefined, () => undefined);
  }

  #watchPromiseHooks(): void {
    const hooks = v8.promiseHooks as unknown as Record<string, Start>;
    for (const name of ["createHook", "onInit", "onBefore", "onAfter", "onSettled"]) {
      const start = hooks[name];
      if (start === undefined) continue;
      hooks[name] = (hook) => {
        const stop = start(hook);
        this.#active.add(stop);
        return () => {
          this.#active.delete(stop);
          stop();
        };
      };
    }
  }

  #watchPerformance(): void {
    const active = this.#active;
    const { prototype } = PerformanceObserver;
    const { disconnect, observe } = prototype;
    prototype.observe = function observeCounted(...options: Parameters<PerformanceObserver["observe"]>) {
      observe.apply(this, options);
      active.add(this);
    };
    prototype.disconnect = function disconnectCounted() {
      active.delete(this);
      disconnect.call(this);
    };
  }

  /**
   * Wraps the prototype of channels with subscribers. Channels without subscribers have another one, whose `subscribe`
   * calls it.
   */
  #watchChannels(): void {
    const sample = channel("baton.sample");
    const ignore = () => undefined;
    sample.subscribe(ignore);
    const prototype = Object.getPrototypeOf(sample) as typeof sample;
    sample.unsubscribe(ignore);
    const { subscribe, unsubscribe } = prototype;
    const count = (change: number) => {
      this.#subscribers += change;
    };
    prototype.subscribe = function subscribeCounted(listener) {
      subscribe.call(this, listener);
      count(1);
    };
    prototype.unsubscribe = function unsubscribeCounted(listener): boolean {
      const isRemoved = unsubscribe.call(this, listener) as unknown as boolean;
      if (isRemoved) count(-1);
      return isRemoved;
    };
  }

  #watchImportHooks(): void {
    const active = this.#active;
    const hooks = nodeModule as unknown as {
      register(...given: unknown[]): unknown;
      registerHooks?(...given: unknown[]): { deregister(): void };
    };
    const { register, registerHooks } = hooks;
    hooks.register = function registerCounted(...given) {
      // These hooks cannot be removed.
      active.add(given);
      return register.apply(this, given);
    };
    if (registerHooks !== undefined) {
      hooks.registerHooks = function registerHooksCounted(...given) {
        const registered = registerHooks.apply(this, given);
        active.add(registered);
        const { deregister } = registered;
        registered.deregister = () => {
          active.delete(registered);
          deregister.call(registered);
        };
        return registered;
      };
    }
    syncBuiltinESMExports();
  }
}
