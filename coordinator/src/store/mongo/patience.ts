import type { Clock } from "@baton/proto/clock";
import { StoreError } from "../../errors.ts";

/**
 * Waits for an answer for `ms`. One that is there but late counts as none: this process may have been paused meanwhile, and
 * then the answer says what was, and not what is.
 * @throws StoreError saying `message`
 */
export async function withPatience<T>(clock: Clock, ms: number, message: string, answer: Promise<T>): Promise<T> {
  const askedAt = clock.monotonicNow();
  let cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    cancel = clock.setTimer(ms, () => reject(new StoreError(message)));
  });
  try {
    const value = await Promise.race([answer, late]);
    if (clock.monotonicNow() - askedAt > ms) throw new StoreError(message);
    return value;
  } finally {
    cancel();
  }
}
