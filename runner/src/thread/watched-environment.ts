/** Notices when code writes to `process.env`. The thread's copy of the environment stays what it is. */
export class WatchedEnvironment {
  #isChanged = false;

  /** Puts itself between code and `process.env`. */
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

  /** Takes it as it is now: what a task's file writes while it is imported is meant. */
  accept(): void {
    this.#isChanged = false;
  }

  /** Is it what was accepted? */
  get isUnchanged(): boolean {
    return !this.#isChanged;
  }
}
