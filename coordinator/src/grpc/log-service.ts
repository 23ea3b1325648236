import {
  type AppendLogsRequest__Output,
  type LogEntry,
  type LogEntry__Output,
  type LogServiceHandlers,
  type ReadLogsRequest__Output,
  type ReadLogsResponse,
  timestampFromWire,
  timestampToWire,
} from "@baton/proto";
import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import { logLevelFromWire, logLevelToWire } from "@baton/proto/contract/log-level";
import { isFinal } from "@baton/proto/contract/run-status";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { InvalidRequestError, RunNotFoundError } from "../errors.ts";
import type { RunLogs, StoredLogEntry } from "../store/store.ts";
import { serverStream, unary } from "./handler.ts";
import { LogLimit } from "./log-limit.ts";
import { checkLength } from "./requests/text-limits.ts";
import type { ServiceContext } from "./service-context.ts";

type ReadCall = ServerWritableStream<ReadLogsRequest__Output, ReadLogsResponse>;

/** How far the time of a line may be from now, in milliseconds. */
export const believableMs = 86_400_000;
/** The most runs in one message of AppendLogs. Baton's runner sends up to about 2,000. */
export const maxRunsPerAppend = 10_000;
/** Runs whose entries go to the store in one call. The store looks up each run, and answers nothing else meanwhile. */
const runsPerAppend = 1_000;
/** The most entries in one message of ReadLogs. */
export const logPageEntries = 500;
/** Entries in the first message. While messages are short, each has twice as many as the one before. */
const firstPageEntries = 32;
/** Characters in one message of ReadLogs above which the next one has fewer entries. */
const logPageLength = 256 * 1024;

/** Stores lines for runners, and reads them for callers. */
export function logService(context: ServiceContext): LogServiceHandlers {
  const limit = new LogLimit();
  return {
    AppendLogs: unary(context, async (request) => {
      const now = context.clock.wallNow();
      if (request.runs.length > maxRunsPerAppend) throw tooManyRuns(request.runs.length);
      for (const { endedAttemptId, entries, runId } of request.runs) {
        checkLength(runId, "runs.run_id");
        checkLength(endedAttemptId, "runs.ended_attempt_id");
        for (const { attemptId } of entries) checkLength(attemptId, "runs.entries.attempt_id");
      }
      const logs = request.runs.filter(hasEntries).map((run) => limit.apply(runLogsFromWire(run, now)));
      let rest = logs;
      for (; rest.length > runsPerAppend; rest = rest.slice(runsPerAppend)) {
        await context.coordinator.logs.append(rest.slice(0, runsPerAppend), []);
      }
      await context.coordinator.logs.append(rest, endedOf(request));
      return {};
    }),
    ReadLogs: serverStream(context, (call) => readLogs(context, call)),
  };
}

function tooManyRuns(count: number): InvalidRequestError {
  const message = `The message has lines of ${count} runs; at most ${maxRunsPerAppend} are taken. Split the call.`;
  return new InvalidRequestError("TOO_MANY_ITEMS", "runs", message);
}

/** Sends page after page. With `follow`, waits for more lines until the run is final and everything was sent. */
async function readLogs(context: ServiceContext, call: ReadCall): Promise<void> {
  checkLength(call.request.runId, "run_id");
  const runId = call.request.runId as RunId;
  const signal = new Signal();
  const left = new Signal();
  let over = false;
  const end = () => {
    over = true;
    signal.raise();
    left.raise();
  };
  for (const event of ["cancelled", "close", "error"]) call.once(event, end);
  const stopListening = context.coordinator.logs.onChanged(runId, () => signal.raise());
  const account = context.answers.open(call.getPeer());
  try {
    let sequence = 0;
    let limit = firstPageEntries;
    while (!over) {
      // The signal is lowered before any read, so that the next round sees what is stored meanwhile. The status is read
      // before the lines, because the lines of a final run are stored by then.
      signal.lower();
      const view = await context.coordinator.runs.findState(runId);
      if (view === undefined) throw new RunNotFoundError(runId);
      const isComplete = isFinal(view.status) && !context.coordinator.logs.areAwaited(runId);
      let isLast = false;
      while (!isLast && !over) {
        const turn = await account.turn();
        const page = await context.coordinator.logs.read(runId, sequence, limit);
        sequence = page.at(-1)?.sequence ?? sequence;
        isLast = page.length < limit;
        limit = nextLimit(page, limit);
        // One message at a time: what the client has not read stays in the store.
        left.lower();
        if (page.length > 0 && !over) call.write({ entries: page.map(entryToWire) }, () => left.raise());
        turn.end();
        if (page.length > 0 && !over) await left.raised();
      }
      if (over) return;
      if (!call.request.follow || isComplete) break;
      await signal.raised();
    }
    if (!over) call.end();
  } finally {
    stopListening();
  }
}

/** Returns the entries of the next page: twice as many after a short page, half as many after a long one. */
function nextLimit(page: readonly StoredLogEntry[], limit: number): number {
  const length = page.reduce((sum, { message, properties }) => sum + message.length + (properties?.length ?? 0), 0);
  if (length > logPageLength) return Math.max(1, Math.floor(limit / 2));
  return Math.min(logPageEntries, limit * 2);
}

/** Remembers that something happened until code waits for it. */
class Signal {
  #isRaised = false;
  #wake: (() => void) | undefined;

  raise(): void {
    this.#isRaised = true;
    this.#wake?.();
    this.#wake = undefined;
  }

  lower(): void {
    this.#isRaised = false;
  }

  async raised(): Promise<void> {
    if (this.#isRaised) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}

function hasEntries({ entries }: AppendLogsRequest__Output["runs"][number]): boolean {
  return entries.length > 0;
}

function endedOf(request: AppendLogsRequest__Output): readonly AttemptId[] {
  return request.runs.map((run) => run.endedAttemptId as AttemptId).filter((id) => id !== "");
}

function runLogsFromWire(run: AppendLogsRequest__Output["runs"][number], now: number): RunLogs {
  return { runId: run.runId as RunId, entries: run.entries.map((entry) => entryFromWire(entry, now)) };
}

function entryFromWire(entry: LogEntry__Output, now: number): Omit<StoredLogEntry, "sequence"> {
  return {
    at: believableTime(timestampFromWire(entry.time), now),
    level: logLevelFromWire(entry.level),
    message: entry.message,
    ...(entry.properties !== "" && { properties: entry.properties }),
    attemptNumber: entry.attemptNumber,
    attemptId: entry.attemptId,
  };
}

/** Replaces a time that is far from now, because the retention of a line counts from its time. */
function believableTime(at: number | undefined, now: number): number {
  return at !== undefined && Math.abs(now - at) <= believableMs ? at : now;
}

function entryToWire(entry: StoredLogEntry): LogEntry {
  return {
    time: timestampToWire(entry.at),
    level: logLevelToWire[entry.level],
    message: entry.message,
    properties: entry.properties ?? "",
    attemptNumber: entry.attemptNumber,
    attemptId: entry.attemptId,
  };
}
