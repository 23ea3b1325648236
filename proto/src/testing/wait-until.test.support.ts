import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until `condition` returns a truthy value, and resolves with it.
 * @param what - completes "Gave up waiting for …"
 * @param limitMs - in milliseconds; generous on purpose, because it is a limit and not an expectation
 */
export async function waitUntil<T>(
  what: string,
  condition: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  limitMs = 30_000,
  pauseMs = 25,
): Promise<T> {
  const givesUpAt = Date.now() + limitMs;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > givesUpAt) throw new Error(`Gave up waiting for ${what} after ${limitMs} ms.`);
    await sleep(pauseMs);
  }
}
