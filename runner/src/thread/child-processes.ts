import { ChildProcess } from "node:child_process";

/** Limits the child processes of one thread that its host knows; further ones end with the host. */
const childrenAtMost = 1_024;
/** The process id, negative when the child leads a group, and the ordinal of its attempt in the thread. */
const numbersPerChild = 2;
const { load, store } = Atomics;

/** Creates the memory in which a thread lists its child processes; the host reads it when the thread is gone. */
export function makeChildrenMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(childrenAtMost * numbersPerChild * Int32Array.BYTES_PER_ELEMENT);
}

/** A child process as its thread listed it. */
export interface ListedChild {
  readonly pid: number;
  readonly leadsGroup: boolean;
  /** The ordinal of the attempt in its thread; 0 for a child that was started while a file was imported. */
  readonly ordinal: number;
}

/** Internals of a started `ChildProcess` of Node.js. */
interface StartedChild {
  readonly pid: number | undefined;
  readonly _handle: { onexit: (...end: readonly unknown[]) => void };
}

/** The thread's side: lists every child process, whichever function started it, until it exits. */
export class ChildProcesses {
  readonly #numbers: Int32Array;
  readonly #ordinal: () => number;
  #used = 0;
  #count = 0;

  /** @param ordinal - returns the ordinal of the attempt that the running code belongs to, or 0 */
  constructor(memory: SharedArrayBuffer, ordinal: () => number) {
    this.#numbers = new Int32Array(memory);
    this.#ordinal = ordinal;
  }

  /** Number of living child processes, unreferenced ones included. */
  get count(): number {
    return this.#count;
  }

  /** Wraps the one method through which Node.js starts asynchronous child processes. */
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
    // Code can remove a listener, so `onexit` is wrapped: a process id that stays listed could belong to another
    // process later.
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

/** Returns the child processes of a thread that have not exited. The host's side. */
export function listChildren(memory: SharedArrayBuffer): ListedChild[] {
  const numbers = new Int32Array(memory);
  const listed: ListedChild[] = [];
  for (let at = 0; at < numbers.length; at += numbersPerChild) {
    const number = load(numbers, at);
    if (number !== 0) listed.push({ pid: Math.abs(number), leadsGroup: number < 0, ordinal: load(numbers, at + 1) });
  }
  return listed;
}
