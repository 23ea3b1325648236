import type { Clock } from "@baton/proto/clock";
import { StoreError } from "../../errors.ts";

/**
 * Waits up to `ms` for an answer. Rejects even if the answer has arrived, when it arrived after `ms`: this process may
 * have been paused meanwhile, and the answer may be out of date.
 * @throws StoreError with `message`
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
