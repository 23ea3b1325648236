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

/** How a host process ended. */
export interface HostEnd {
  /** Part of a sentence: "it was ended by SIGSEGV". */
  readonly reason: string;
  /**
   * `itself`: by itself or from outside. `silent`: killed because its event loop was silent. `unwanted`: killed because
   * the runner no longer needed it.
   */
  readonly cause: "itself" | "silent" | "unwanted";
  readonly signal?: NodeJS.Signals | undefined;
  readonly report?: AbortReport | undefined;
}

/** Who brought a host down. */
export interface Verdict {
  /** The attempt that provably brought the host down: the report identifies it, or it was alone. */
  readonly culprit?: { readonly attemptId: string; readonly end: AttemptEnd } | undefined;
  /** Whether all attempts in flight count as suspects, because no culprit is proven. */
  readonly areSuspects: boolean;
  /** The most likely suspect, which is executed alone first. */
  readonly likeliest?: string | undefined;
}

/** Signals of a process that crashed from inside. */
const crashSignals = new Set<NodeJS.Signals>(["SIGSEGV", "SIGBUS", "SIGABRT", "SIGTRAP", "SIGILL", "SIGFPE"]);
/**
 * Signals of the illegal instruction with which V8 ends the process when an array or string would exceed the largest
 * possible size.
 */
const sizeSignals = new Set<NodeJS.Signals>(["SIGTRAP", "SIGILL"]);
const innocent: Verdict = { areSuspects: false };

/**
 * Decides which of the attempts in flight brought a host down. Proof is that the host's own report names the attempt's
 * thread, that only this attempt's heap has the size in the report, or that nothing else ran in the host.
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

/** Whether the heap of a thread of this machine has this limit. An unknown limit fits every machine. */
function couldFill(machine: string, limitBytes: number | undefined): boolean {
  if (limitBytes === undefined) return true;
  const { oldGenerationMb, youngGenerationMb } = heapLimits(knownMachine(machine));
  const extraMb = limitBytes / 1024 ** 2 - oldGenerationMb - youngGenerationMb;
  return extraMb > -1 && extraMb < nearLimitExtraMb + 1;
}

/** Returns the attempt that started last: an attempt that breaks a host usually does so soon after its start. */
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
