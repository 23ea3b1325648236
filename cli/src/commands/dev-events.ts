import type { Run } from "@baton/coordinator";
import { isFinalName, type RunStatusName, runStatusNameOf } from "@baton/proto/contract/run-status";
import type { RunChange } from "../show/event-line.ts";
import { againText } from "../show/run-change.ts";
import { dateTimeText } from "../show/span-text.ts";

/** Describes the change that brought a run of the embedded coordinator into its state. */
export function runChangeFromCore(run: Run): RunChange {
  const status = runStatusNameOf(run.status);
  const remark = remarkOf(run, status);
  return {
    runId: run.id,
    taskId: run.taskId,
    status,
    at: run.updatedAt,
    attempt: run.current?.number ?? run.attemptNumber,
    ...(isFinalName(status) ? { activeMs: run.activeMs } : {}),
    ...(remark === undefined ? {} : { remark }),
  };
}

/**
 * Chooses the stored states of runs that get a line. An ended run may be stored again, when its thread is gone or its children
 * are canceled; that gets no line.
 */
export function newsFilter(): (run: Run) => boolean {
  const unfinished = new Set<string>();
  return (run) => {
    const wasTold = unfinished.has(run.id);
    const isLeft =
      isFinalName(runStatusNameOf(run.status)) && (run.lingering !== undefined || run.descendantsToCancel === true);
    if (isLeft) unfinished.add(run.id);
    else unfinished.delete(run.id);
    return !wasTold;
  };
}

function remarkOf(run: Run, status: RunStatusName): string | undefined {
  const { dueAt } = run;
  if (status === "QUEUED" || status === "DEQUEUED") return queuedAgainText(run);
  if (dueAt === undefined) return undefined;
  if (status === "DELAYED") return `until ${dateTimeText(dueAt)}`;
  return status === "REATTEMPTING" ? againText(undefined, dueAt) : undefined;
}

/** Writes why a run waits again; undefined for a run that no runner has had. */
function queuedAgainText({ status, timeline }: Run): string | undefined {
  const last = timeline.at(-1);
  const before = timeline.at(-2);
  // A run that is queued and assigned in the same moment gets one line: dequeued.
  const isPassedOn = status === "dequeued" && before?.status === "queued" && before.at === last?.at;
  const reason = (isPassedOn ? before : last)?.reason;
  return reason !== undefined && (isPassedOn || status === "queued") ? `queued again: ${reason}` : undefined;
}

/** One error of a failure: the error itself, or one of its causes. */
export interface ShownError {
  /** The message; that of a cause begins with "Caused by: ". */
  readonly message: string;
  /** The stack; empty when there is none. */
  readonly stackTrace: string;
}

/**
 * Lists the error of a run, or of its latest attempt when another one follows, and then its causes. Empty when nothing
 * failed.
 */
export function failureOf({ status, error, attempts }: Run): readonly ShownError[] {
  const shown = status === "reattempting" ? attempts.at(-1)?.error : error;
  return shown === undefined ? [] : withCauses(shown);
}

type CoreError = NonNullable<Run["error"]>;

function withCauses(error: CoreError): ShownError[] {
  const stackTrace = "stackTrace" in error ? (error.stackTrace ?? "") : "";
  const hasDetails = error.type === "builtIn" || error.type === "internal";
  const inner = hasDetails ? [error.cause ?? [], error.errors ?? []].flat() : [];
  const causes = inner.flatMap((cause) => {
    const [first, ...rest] = withCauses(cause);
    return first === undefined ? [] : [{ ...first, message: `Caused by: ${first.message}` }, ...rest];
  });
  return [{ message: errorText(error), stackTrace }, ...causes];
}

function errorText(error: CoreError): string {
  switch (error.type) {
    case "builtIn":
      return `${error.name}: ${error.message}`;
    case "internal":
      return error.message === undefined ? error.code : `${error.code}: ${error.message}`;
    default:
      return error.raw;
  }
}
