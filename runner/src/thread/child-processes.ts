import { ChildProcess } from "node:child_process";

/** Child processes of one thread that its host knows; further ones end with the host. */
const childrenAtMost = 1_024;
/** Two numbers for each: its process id, negative when it leads a group; the attempt that it belongs to, counted by the thread. */
const numbersPerChild = 2;
const { load, store } = Atomics;

/** Makes the memory in which a thread lists its child processes, for its host to read when the thread is gone. */
export function makeChildrenMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(childrenAtMost * numbersPerChild * Int32Array.BYTES_PER_ELEMENT);
}

/** A child process as its thread listed it. */
export interface ListedChild {
  readonly pid: number;
  readonly leadsGroup: boolean;
  /** The ordinal of the attempt in its thread; 0: none, it was started while a file was imported. */
  readonly ordinal: number;
}

/** What Node.js keeps in a child process that was started. */
interface StartedChild {
  readonly pid: number | undefined;
  readonly _handle: { onexit: (...end: readonly unknown[]) => void };
}

/** The thread's side: lists every child process that code starts, by whatever function, until it exits. */
export class ChildProcesses {
  readonly #numbers: Int32Array;
  readonly #ordinal: () => number;
  #used = 0;
  #count = 0;

  /** @param ordinal - of the attempt that the running code belongs to, or 0 */
  constructor(memory: SharedArrayBuffer, ordinal: () => number) {
    this.#numbers = new Int32Array(memory);
    this.#ordinal = ordinal;
  }

  /** Child processes that live, those included that keep no event loop alive. */
  get count(): number {
    return this.#count;
  }

  /** Puts itself between code and the one method by which Node.js starts child processes that go on beside it. */
  install(): void {
    const prototype = ChildProcess.prototype as unknown as { spawn(options: { readonly detached?: boolean }): number };
    const start = prototype.spawn;
    const started = (child: ChildProcess, leadsGroup: boolean) => this.#started(child, leadsGroup);
    prototype.spawn = function spawn(this: ChildProcess, options) {
      const result = start.call(this, options);
      started(this, options?.detached === true);
      return result;
    };
  }

  #started(child: ChildProcess, leadsGroup: boolean): void {
    const { _handle: handle, pid } = child as unknown as StartedChild;
    if (pid === undefined) return;
    this.#count += 1;
    const at = this.#freePlace();
    if (at !== undefined) {
      store(this.#numbers, at + 1, this.#ordinal());
      store(this.#numbers, at, leadsGroup ? -pid : pid);
    }
    // Not with a listener, which code can take away: a number that stays here would be another process one day.
    const told = handle.onexit;
    handle.onexit = (...end) => {
      this.#count -= 1;
      if (at !== undefined) store(this.#numbers, at, 0);
      told(...end);
    };
  }

  #freePlace(): number | undefined {
    for (let at = 0; at < this.#used; at += numbersPerChild) if (load(this.#numbers, at) === 0) return at;
    if (this.#used === this.#numbers.length) return undefined;
    this.#used += numbersPerChild;
    return this.#used - numbersPerChild;
  }
}

/** The host's side: the child processes of a thread that have not exited. */
export function listChildren(memory: SharedArrayBuffer): ListedChild[] {
  const numbers = new Int32Array(memory);
  const listed: ListedChild[] = [];
  for (let at = 0; at < numbers.length; at += numbersPerChild) {
    const number = load(numbers, at);
    if (number !== 0) listed.push({ pid: Math.abs(number), leadsGroup: number < 0, ordinal: load(numbers, at + 1) });
  }
  return listed;
}
