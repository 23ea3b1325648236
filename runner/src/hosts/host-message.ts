import { latestInstantMs } from "@baton/proto/contract/limits";
import { logLevels } from "@baton/proto/contract/log-level";
import type { FailureDecision } from "@baton/proto/contract/outcome";
import { innerErrorsAtMost, type TaskError } from "@baton/proto/contract/task-error";
import { internalCodes } from "@baton/sdk/lifecycle";
import * as z from "zod";
import type { FromHost } from "../host/host-protocol.ts";
import type { LogLine, ThreadEnd } from "../thread/thread-protocol.ts";

// The types are written by hand beside their senders, which must not load zod, because a host must start fast.

/**
 * The most characters of a report about an end. A thread cuts its errors to a quarter of that; a report of task code
 * could be too deep or too large for the message to the coordinator, which the runner would send again for ever.
 */
const longestReport = 1024 * 1024;
/** The most characters of a described fault. */
const longestFault = 200;
/** Far above the lengths to which a thread cuts names, messages, stacks and lines. */
const Text = z.string().max(256 * 1024);
const Id = z.string().min(1).max(256);
const Ms = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const Count = z.int().min(0);
/** Milliseconds since the epoch, within the range of `Date`. */
const Instant = z.number().min(0).max(latestInstantMs);

const Usage = z.object({
  cpuMs: Ms.optional(),
  peakHeapBytes: Count.optional(),
  peakExternalBytes: Count.optional(),
});

const Taken = z.array(z.tuple([Id, Instant, Count]));

const Message: z.ZodType<FromHost> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("pong"), isWhole: z.boolean() }),
  z.object({ type: z.literal("taken"), attempts: Taken, following: Taken.optional() }),
  z.object({ type: z.literal("takenBack"), attemptIds: z.array(Id) }),
  z.object({ type: z.literal("loading"), attemptId: Id }),
  z.object({ type: z.literal("active"), attemptId: Id }),
  z.object({ type: z.literal("canceling"), attemptId: Id }),
  z.object({ type: z.literal("stuck"), attemptId: Id.optional() }),
  z.object({ type: z.literal("clogged") }),
  z.object({ type: z.literal("worn"), reason: Text }),
  z.object({ type: z.literal("ended"), attemptId: Id, usage: Usage.optional() }),
  z.object({ type: z.literal("stalled"), attemptId: Id }),
  z.object({
    type: z.literal("exited"),
    attemptId: Id,
    cause: z.enum(["terminated", "outOfMemory", "suspectMemory", "blocked", "exited"]),
    message: Text,
    signal: Text.optional(),
    usage: Usage.optional(),
  }),
  z.object({ type: z.literal("withdrawn"), attemptIds: z.array(Id) }),
  z.object({ type: z.literal("logs"), attemptId: Id, state: z.enum(["open", "cut", "last"]) }),
  z.object({ type: z.literal("lateLogs"), attemptId: Id }),
  z.object({ type: z.literal("call"), attemptId: Id, callId: Count, method: Text }),
]);

const Decision: z.ZodType<FailureDecision> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("retry"), delayMs: Ms }),
  z.object({ type: z.literal("final"), status: z.enum(["failed", "crashed", "systemFailure", "timedOut"]) }),
  z.object({ type: z.literal("policy"), status: z.enum(["failed", "crashed", "systemFailure", "timedOut"]) }),
]);

const InnerError: z.ZodType<TaskError> = z.lazy(() => StoredError);
const details = {
  cause: InnerError.optional(),
  errors: z.array(InnerError).max(100).optional(),
  properties: Text.optional(),
};

const StoredError: z.ZodType<TaskError> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("builtIn"), name: Text, message: Text, stackTrace: Text, ...details }),
  z.object({ type: z.literal("string"), raw: Text }),
  z.object({ type: z.literal("custom"), raw: Text }),
  z.object({
    type: z.literal("internal"),
    code: z.enum(internalCodes),
    message: Text.optional(),
    stackTrace: Text.optional(),
    ...details,
  }),
]);

const End: z.ZodType<ThreadEnd> = z.object({
  startedAt: Instant.optional(),
  endedAt: Instant,
  activeMs: Ms,
  usage: z.object({ heapBytes: Count, externalBytes: Count, cpuMs: Ms.optional() }).optional(),
  end: z.discriminatedUnion("type", [
    z.object({ type: z.literal("succeeded"), hasOutput: z.boolean(), outputLength: Count.optional() }),
    z.object({ type: z.literal("failed"), error: StoredError, decision: Decision }),
  ]),
});

const Lines: z.ZodType<readonly LogLine[]> = z.array(
  z.object({
    time: Instant,
    level: z.enum(logLevels),
    message: Text,
    properties: z.string().optional(),
  }),
);

/**
 * Describes why bytes of a host are not a message, without repeating them: task code may have written them.
 *
 * @returns at most 200 characters
 */
export function describeFault(error: unknown): string {
  if (error instanceof z.ZodError) {
    const issues = error.issues.map(({ code, path }) => `${path.join(".")}: ${code}`);
    return issues.join(", ").slice(0, longestFault);
  }
  if (error instanceof SyntaxError) return "a header is not JSON";
  return (error instanceof Error ? error.message : String(error)).slice(0, longestFault);
}

/**
 * Parses the header of a frame, which only the host's own code writes.
 * @throws Error for everything that is not a message of a host.
 */
export function parseHostMessage(header: string): FromHost {
  return Message.parse(JSON.parse(header));
}

/** Parses a thread's report of its attempt's end. Returns undefined when task code made it unreadable. */
export function readThreadEnd(json: string): ThreadEnd | undefined {
  if (json.length > longestReport) return undefined;
  const report = read(End, json);
  const isTooDeep = report?.end.type === "failed" && countErrors(report.end.error) > 1 + innerErrorsAtMost;
  return isTooDeep ? undefined : report;
}

/** Counts an error with the errors within it. */
function countErrors(error: TaskError): number {
  let count = 0;
  const left = [error];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    count += 1;
    if (next.type !== "builtIn" && next.type !== "internal") continue;
    left.push(...(next.errors ?? []), ...(next.cause === undefined ? [] : [next.cause]));
  }
  return count;
}

/** Parses lines that a thread sent. Returns undefined when task code made them unreadable. */
export function readLogLines(json: string): readonly LogLine[] | undefined {
  return read(Lines, json);
}

function read<Value>(schema: z.ZodType<Value>, json: string): Value | undefined {
  try {
    return schema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
