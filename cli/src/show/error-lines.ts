import type { RunError } from "@baton/sdk";
import { errorLine } from "./run-json.ts";

/** Writes a run's error: its message, stack and own members, and then each cause in the same way. */
export function errorLines(error: RunError | undefined): readonly string[] {
  if (error === undefined) return [];
  const { cause, errors = [], properties = {}, stackTrace = "" } = error;
  return [
    ...errorLine(error).split("\n"),
    ...stackTrace.split("\n").filter((line) => line.trimStart().startsWith("at ")),
    ...Object.entries(properties).map(memberLine),
    ...[cause ?? [], errors].flat().flatMap(causeLines),
  ];
}

function memberLine([name, value]: [string, unknown]): string {
  return `    ${name}: ${JSON.stringify(value)}`;
}

function causeLines(error: RunError): readonly string[] {
  const [first = "", ...rest] = errorLines(error);
  return [`Caused by: ${first}`, ...rest];
}
