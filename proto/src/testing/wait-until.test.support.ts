import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until `condition` gives something truthy, and resolves with it.
 * @param what completes "gave up waiting for …"
 * @param limitMs milliseconds, generous on purpose: it is a limit, not an expectation
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
