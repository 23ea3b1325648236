/** An attempt that waits for a thread. `body` is passed to the thread unchanged. */
export interface QueuedAttempt {
  readonly attemptId: string;
  readonly taskId: string;
  readonly version: string;
  readonly machine: string;
  readonly body: string;
}

/** A thread and the attempts that it gets in one message; it executes them one after another. */
export interface HandOver<Thread> {
  readonly thread: Thread;
  readonly attempts: QueuedAttempt[];
  /** The largest number of attempts that the thread may get. */
  readonly most: number;
}

/** A larger attempt, in UTF-16 units, is not handed over behind another one. */
const longestBody = 16 * 1024;

/**
 * Adds short attempts from the queue, oldest first, behind short ones of the same machine. Every thread gets the same
 * number of them.
 *
 * @param isShort - whether the attempts of a task are short
 * @returns the rest of the queue
 */
export function addFollowing(
  handOvers: readonly HandOver<unknown>[],
  queue: readonly QueuedAttempt[],
  isShort: (taskId: string) => boolean,
): QueuedAttempt[] {
  const mayFollow = ({ body, taskId }: QueuedAttempt) => body.length <= longestBody && isShort(taskId);
  const open = new Set(handOvers.filter(({ attempts, most }) => attempts.length < most && attempts.every(mayFollow)));
  const rest: QueuedAttempt[] = [];
  let at = 0;
  for (; at < queue.length && open.size > 0; at += 1) {
    const attempt = queue[at] as QueuedAttempt;
    const handOver = mayFollow(attempt) ? shortestOf(open, attempt.machine) : undefined;
    if (handOver === undefined) {
      rest.push(attempt);
      continue;
    }
    handOver.attempts.push(attempt);
    if (handOver.attempts.length >= handOver.most) open.delete(handOver);
  }
  return rest.concat(queue.slice(at));
}

function shortestOf(handOvers: ReadonlySet<HandOver<unknown>>, machine: string): HandOver<unknown> | undefined {
  let shortest: HandOver<unknown> | undefined;
  for (const handOver of handOvers) {
    if (handOver.attempts[0]?.machine !== machine) continue;
    if (shortest === undefined || handOver.attempts.length < shortest.attempts.length) shortest = handOver;
  }
  return shortest;
}
