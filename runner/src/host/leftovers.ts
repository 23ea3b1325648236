import { stat } from "node:fs";
import { devNull } from "node:os";
import { commandOf, endTrees } from "../hosts/process-tree.ts";
import type { LogLine } from "../thread/thread-protocol.ts";
import type { PoolOutbox } from "./pool-outbox.ts";
import type { WorkerThread } from "./worker-thread.ts";

/** Limits the leftover child processes that a run's log names; the others are only counted. */
const namedChildren = 10;
const longestCommand = 200;
/** A host is replaced after it ended this many child processes of gone threads. */
const endedChildrenAtMost = 256;
/** A file operation that takes longer counts as stuck, in milliseconds. Even under load it takes far less. */
const cloggedMs = 3_000;

/** Ends what the code of ended attempts left in the host, and tells the runs and the runner of it. */
export class Leftovers {
  readonly #outbox: PoolOutbox;
  #endedChildren = 0;
  /** Whether `worn` was sent. */
  #isWorn = false;

  constructor(outbox: PoolOutbox) {
    this.#outbox = outbox;
  }

  /** Adds a line to the log of the thread's last attempt, if it had one. */
  warnLate({ lastAttemptId }: WorkerThread, message: string): void {
    if (lastAttemptId === undefined) return;
    const lines: readonly LogLine[] = [{ time: Date.now(), level: "warn", message }];
    this.#outbox.send({ type: "lateLogs", attemptId: lastAttemptId }, JSON.stringify(lines));
  }

  /** Checks that file operations still work: what keeps the thread alive may occupy the process's threads for files. */
  probeFiles(): void {
    const timer = setTimeout(() => {
      this.#outbox.send({ type: "clogged" });
      this.#outbox.flush();
    }, cloggedMs);
    stat(devNull, () => clearTimeout(timer));
  }

  /** Ends the child processes that the thread's code started, and names those of the last attempt in its run's log. */
  endChildren(thread: WorkerThread): void {
    const { attemptCount, children } = thread;
    if (children.length === 0) return;
    const left = children.filter(({ ordinal }) => ordinal === attemptCount);
    const named = left.slice(0, namedChildren).map(({ pid }) => `${pid} (${commandOf(pid).slice(0, longestCommand)})`);
    endTrees(children);
    this.#endedChildren += children.length;
    if (named.length > 0) {
      const rest = left.length > named.length ? ` and ${left.length - named.length} more` : "";
      this.warnLate(thread, `Child processes that the run left behind were ended with it: ${named.join(", ")}${rest}.`);
    }
    // Nobody reads their exit status, so the system keeps their entries as long as this process lives.
    if (this.#endedChildren >= endedChildrenAtMost) this.wearOut("its threads left too many child processes");
  }

  /** Tells the runner, once, that another host should replace this one. `reason`: part of a sentence. */
  wearOut(reason: string): void {
    if (this.#isWorn) return;
    this.#isWorn = true;
    this.#outbox.send({ type: "worn", reason });
    this.#outbox.flush();
  }
}
