import type { RunId } from "@baton/proto/contract/ids";
import type { Effect } from "../effect.ts";
import type { LoadedPage } from "../event.ts";
import type { Run } from "../life/run.ts";
import { BoundedWindow, beforeAll } from "./bounded-window.ts";
import type { Entry } from "./entry.ts";
import type { SortKey } from "./lane.ts";

/** How far ahead due runs are kept in memory, in milliseconds. */
export const dueHorizonMs = 5 * 60_000;
/** The most delayed, reattempting and expiring runs in memory. */
export const dueWindowRuns = 20_000;
/** The most runs in one page of due runs. */
export const duePageRuns = 5_000;

/** The delayed, reattempting and expiring runs that are due next. Later ones are only in the store. */
export class DueRuns {
  readonly #window = new BoundedWindow("dueKey", beforeAll);

  /** The time of the earliest due run in memory, in milliseconds since the epoch. */
  get nextAt(): number | undefined {
    return this.#window.first()?.dueKey?.time;
  }

  /** The place up to which memory has the due runs. */
  get bound(): SortKey | undefined {
    return this.#window.bound;
  }

  /** Returns the earliest run in memory if it is due. */
  first(now: number): Run | undefined {
    const first = this.#window.first();
    return first?.dueKey !== undefined && first.dueKey.time <= now ? first.run : undefined;
  }

  /** Takes a run in, or leaves it to the store. Returns the runs that left memory to make room. */
  add(entry: Entry, dueAt: number): readonly Entry[] {
    this.#window.add(entry, { time: dueAt, id: entry.run.id });
    return this.#window.truncate(dueWindowRuns);
  }

  remove(entry: Entry): void {
    if (entry.dueKey !== undefined) this.#window.remove(entry);
  }

  /** Returns the page that must be read because memory does not reach far enough ahead. */
  takeLoad(now: number): Extract<Effect, { type: "loadDue" }> | undefined {
    const { bound, isLoading, size } = this.#window;
    if (bound === undefined || isLoading) return undefined;
    if (bound.time >= now + dueHorizonMs / 2 || size > dueWindowRuns / 2) return undefined;
    this.#window.startLoading();
    const after = bound === beforeAll ? undefined : bound;
    return { type: "loadDue", after, until: now + dueHorizonMs, limit: duePageRuns };
  }

  /**
   * Merges a page of the runs that are due by `until`.
   *
   * @param entryFor - Returns the entry of a run that belongs in the window, or nothing.
   * @returns the runs that left memory
   */
  merge(until: number, page: LoadedPage, entryFor: (run: Run) => Entry | undefined): readonly Entry[] {
    const entries: { entry: Entry; key: SortKey }[] = [];
    for (const run of page.runs) {
      if (run.dueAt === undefined) continue;
      const entry = entryFor(run);
      if (entry !== undefined) entries.push({ entry, key: { time: run.dueAt, id: run.id } });
    }
    return this.#window.merge(entries, page.end ?? { time: until, id: "\uffff" as RunId });
  }
}
