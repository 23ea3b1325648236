import { knownMachine } from "@baton/proto/contract/machine";
import type { AttemptEnd } from "@baton/proto/contract/outcome";
import type { InternalCode } from "@baton/proto/contract/task-error";
import { heapLimits, nearLimitExtraMb } from "../heap-limits.ts";
import { internalFailure } from "../outcome.ts";
import type { AbortReport } from "./abort-report.ts";

/** An attempt that a thread of the host executed when the host was lost. */
export interface InFlight {
  readonly attemptId: string;
  readonly machine: string;
  readonly threadId: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** How a host process came to its end. */
export interface HostEnd {
  /** A sentence's part: "it was ended by SIGSEGV". */
  readonly reason: string;
  /** By itself, or by something outside; because its main loop was silent; or because the runner wanted it gone. */
  readonly cause: "itself" | "silent" | "unwanted";
  readonly signal?: NodeJS.Signals | undefined;
  readonly report?: AbortReport | undefined;
}

/** Who brought a host down. */
export interface Verdict {
  /** Proven: the report names it, or it was alone. */
  readonly culprit?: { readonly attemptId: string; readonly end: AttemptEnd } | undefined;
  /** Nobody is proven guilty and every one of these may be: they count as suspects. */
  readonly areSuspects: boolean;
  /** The suspect that it most likely was; it is tried alone first. */
  readonly likeliest?: string | undefined;
}

/** Signals by which a process ends that broke from inside. */
const crashSignals = new Set<NodeJS.Signals>(["SIGSEGV", "SIGBUS", "SIGABRT", "SIGTRAP", "SIGILL", "SIGFPE"]);
/** V8 stops the process with an illegal instruction when an array or a string would be larger than any can be. */
const sizeSignals = new Set<NodeJS.Signals>(["SIGTRAP", "SIGILL"]);
const innocent: Verdict = { areSuspects: false };

/**
 * Finds out which of the attempts in flight brought a host down. Proof is the thread that the host's own report names, or
 * the only attempt whose heap has the size that the report names, or that nothing else ran there.
 */
export function blame(end: HostEnd, inFlight: readonly InFlight[], isSolo: boolean): Verdict {
  if (end.cause === "unwanted") return innocent;
  const { report } = end;
  const named = inFlight.filter(({ threadId }) => threadId === report?.threadId);
  const fitting = inFlight.filter(({ machine }) => couldFill(machine, report?.heapLimitBytes));
  const [only] = named.length > 0 ? named : fitting;
  const isAlone = inFlight.length === 1 && (isSolo || isCrash(end));
  const isNamed = named.length === 1 || (report?.heapLimitBytes !== undefined && fitting.length === 1);
  if (only !== undefined && (isNamed || isAlone)) {
    return { areSuspects: false, culprit: { attemptId: only.attemptId, end: conviction(end, named.length === 1) } };
  }
  return { areSuspects: true, likeliest: youngest(fitting.length > 0 ? fitting : inFlight)?.attemptId };
}

/** Did the heap of a thread of this machine have this limit? Unknown limits fit every machine. */
function couldFill(machine: string, limitBytes: number | undefined): boolean {
  if (limitBytes === undefined) return true;
  const { oldGenerationMb, youngGenerationMb } = heapLimits(knownMachine(machine));
  const extraMb = limitBytes / 1024 ** 2 - oldGenerationMb - youngGenerationMb;
  return extraMb > -1 && extraMb < nearLimitExtraMb + 1;
}

/** What breaks a host usually does so soon after it started. */
function youngest(attempts: readonly InFlight[]): InFlight | undefined {
  return [...attempts].sort((left, right) => right.startedAt - left.startedAt)[0];
}

function isCrash({ cause, report, signal }: HostEnd): boolean {
  return cause === "itself" && (report !== undefined || (signal !== undefined && crashSignals.has(signal)));
}

function conviction(end: HostEnd, isNamed: boolean): AttemptEnd {
  const { report, signal } = end;
  const evidence =
    report === undefined
      ? "The attempt was alone in it"
      : `The process's report says "${report.event}" and ${isNamed ? "names the attempt's thread" : "fits the heap of this attempt only"}`;
  const message = `The attempt brought down the process that executed it: ${end.reason}. ${evidence}.`;
  return internalFailure(codeOf(end), message, { type: "policy", status: "crashed" });

  function codeOf({ report: written }: HostEnd): InternalCode {
    if (written?.isOutOfMemory || (signal !== undefined && sizeSignals.has(signal))) return "TASK_PROCESS_OOM_KILLED";
    return signal === "SIGSEGV" || signal === "SIGBUS"
      ? "TASK_PROCESS_SIGSEGV"
      : "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE";
  }
}
