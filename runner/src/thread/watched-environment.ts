/** Notices changes to `process.env`, which is the thread's own copy of the environment. */
export class WatchedEnvironment {
  #isChanged = false;

  /** Replaces `process.env` with a proxy. */
  install(): void {
    const note = (before: string | undefined, after: unknown) => {
      if (before !== (after === undefined ? undefined : String(after))) this.#isChanged = true;
    };
    process.env = new Proxy(process.env, {
      set(target, name, value) {
        note(target[String(name)], value);
        return Reflect.set(target, name, value);
      },
      deleteProperty(target, name) {
        note(target[String(name)], undefined);
        return Reflect.deleteProperty(target, name);
      },
      defineProperty(target, name, descriptor) {
        note(target[String(name)], descriptor.value);
        return Reflect.defineProperty(target, name, descriptor);
      },
    });
  }

  /** Accepts the current environment, which a task's file may change while it is imported. */
  accept(): void {
    this.#isChanged = false;
  }

  /** Whether nothing changed since the last {@link accept}. */
  get isUnchanged(): boolean {
    return !this.#isChanged;
  }
}
