import { maxAttemptsPerRun } from "@baton/proto/contract/limits";
import { isMachineName, type MachineName, machineNames } from "@baton/proto/contract/machine";
import { builtInRetryPolicy, type RetryPolicy } from "@baton/proto/contract/retry";

/** A problem of a value; `path` is the member's name, with dots. */
export interface OptionProblem {
  readonly path: string;
  readonly reason: string;
}

/** A `retry` object as it was read, with the names of unknown members, which a caller may refuse. */
export interface RetryReading {
  readonly retry: RetryPolicy;
  readonly problems: readonly OptionProblem[];
  readonly unknown: readonly string[];
}

const memberNames: ReadonlySet<string> = new Set([
  "maxAttempts",
  "factor",
  "minTimeoutInMs",
  "maxTimeoutInMs",
  "randomize",
  "outOfMemory",
]);

/** Reads a `retry` object. Missing members get built-in values, never those of the configuration. */
export function readRetry(value: unknown, path: string): RetryReading {
  const problems: OptionProblem[] = [];
  if (!isRecord(value)) {
    return {
      retry: builtInRetryPolicy,
      problems: [{ path, reason: `expected an object, got ${show(value)}` }],
      unknown: [],
    };
  }
  const read = <T>(name: string, isRight: (member: unknown) => member is T, expected: string): T | undefined => {
    const member = value[name];
    if (member === undefined) return undefined;
    if (isRight(member)) return member;
    problems.push({ path: `${path}.${name}`, reason: `expected ${expected}, got ${show(member)}` });
    return undefined;
  };
  const maxAttempts = read("maxAttempts", isInteger, "an integer");
  const factor = read("factor", isAboveZero, "a number above 0");
  const minTimeoutMs = read("minTimeoutInMs", isCount, "a whole number of milliseconds, 0 or more");
  const maxTimeoutMs = read("maxTimeoutInMs", isCount, "a whole number of milliseconds, 0 or more");
  const randomize = read("randomize", isBoolean, "true or false");
  const outOfMemory = read("outOfMemory", isRecord, "an object with the member machine");
  let outOfMemoryMachine: MachineName | undefined;
  const machine = outOfMemory?.machine;
  if (isMachineName(machine)) outOfMemoryMachine = machine;
  else if (machine !== undefined) {
    problems.push({ path: `${path}.outOfMemory.machine`, reason: `expected ${presetChoice}, got ${show(machine)}` });
  }
  const retry: RetryPolicy = {
    maxAttempts: Math.min(Math.max(maxAttempts ?? builtInRetryPolicy.maxAttempts, 1), maxAttemptsPerRun),
    factor: factor ?? builtInRetryPolicy.factor,
    minTimeoutMs: minTimeoutMs ?? builtInRetryPolicy.minTimeoutMs,
    maxTimeoutMs: maxTimeoutMs ?? builtInRetryPolicy.maxTimeoutMs,
    randomize: randomize ?? builtInRetryPolicy.randomize,
    ...(outOfMemoryMachine === undefined ? {} : { outOfMemoryMachine }),
  };
  const unknown = Object.keys(value)
    .filter((name) => !memberNames.has(name))
    .map((name) => `${path}.${name}`);
  return { retry, problems, unknown };
}

/** "one of micro, small-1x, …", for messages. */
export const presetChoice = `one of ${machineNames.join(", ")}`;

/** Returns a value as messages show it: short and on one line. */
export function show(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint" || value === undefined) return String(value);
  if (isRecord(value) && "baton.described" in value) return `a ${String(value["baton.described"])}`;
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** Whether a value is an object and not an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isCount(value: unknown): value is number {
  return isInteger(value) && value >= 0;
}

function isAboveZero(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}
