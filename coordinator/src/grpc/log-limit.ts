import type { RunId } from "@baton/proto/contract/ids";
import type { RunLogs } from "../store/store.ts";

/** The most characters of a stored line, and of its properties. Runners cut lines at this many bytes. */
export const maxLineLength = 64 * 1024;
/** The most characters of one attempt's lines: twice what an attempt may print, because lines may be sent again. */
export const maxAttemptLogLength = 2 * 1024 * 1024;
/** The most attempts of one run whose lines are stored. */
export const maxLoggedAttempts = 256;
/** The most runs whose lines are counted. Above it, the run that printed longest ago is forgotten, and counted anew. */
export const maxCountedRuns = 10_000;
/** The most attempts of all runs whose lines are counted. Above it, the run that printed longest ago is forgotten. */
export const maxCountedAttempts = 100_000;

/** Characters that a line counts besides its texts. */
const lineOverhead = 64;

type Entry = RunLogs["entries"][number];

/** Limits the lines of attempts, for runners that do not limit them. */
export class LogLimit {
  /** Stored characters by run and attempt. The run that printed last comes last. */
  readonly #lengths = new Map<RunId, Map<string, number>>();
  #attempts = 0;

  /** Returns the lines that may be stored. At the limit, the last one says that the rest was cut. */
  apply({ entries, runId }: RunLogs): RunLogs {
    const lengths = this.#lengthsOf(runId);
    return { runId, entries: entries.flatMap((entry) => this.#keep(entry, lengths)) };
  }

  #keep(entry: Entry, lengths: Map<string, number>): readonly Entry[] {
    const { attemptId } = entry;
    const before = lengths.get(attemptId);
    if (before === undefined && lengths.size >= maxLoggedAttempts) return [];
    if (before !== undefined && before >= maxAttemptLogLength) return [];
    const line = shortLine(entry);
    const length = (before ?? 0) + line.message.length + (line.properties?.length ?? 0) + lineOverhead;
    lengths.set(attemptId, length);
    if (before === undefined) this.#attempts += 1;
    return length < maxAttemptLogLength ? [line] : [line, cutNote(line)];
  }

  #lengthsOf(runId: RunId): Map<string, number> {
    const lengths = this.#lengths.get(runId) ?? new Map<string, number>();
    this.#lengths.delete(runId);
    this.#lengths.set(runId, lengths);
    if (this.#lengths.size > maxCountedRuns || this.#attempts > maxCountedAttempts) this.#forgetOldest();
    return lengths;
  }

  #forgetOldest(): void {
    const [oldest] = this.#lengths;
    if (oldest === undefined) return;
    const [runId, attempts] = oldest;
    this.#lengths.delete(runId);
    this.#attempts -= attempts.size;
  }
}

/** Cuts a message that is too long. Drops properties that are too long, because cut JSON is not JSON. */
function shortLine(entry: Entry): Entry {
  const { message, properties, ...rest } = entry;
  const isShort = message.length <= maxLineLength && (properties?.length ?? 0) <= maxLineLength;
  if (isShort) return entry;
  return {
    ...rest,
    message: message.length > maxLineLength ? `${message.slice(0, maxLineLength - 1)}…` : message,
    ...(properties !== undefined && properties.length <= maxLineLength && { properties }),
  };
}

function cutNote({ at, attemptId, attemptNumber }: Entry): Entry {
  const message = `The attempt printed more than ${maxAttemptLogLength / 1024 / 1024} MiB; what follows was not stored.`;
  return { at, level: "warn", message, attemptNumber, attemptId };
}
