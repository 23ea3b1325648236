import type { Run__Output, TaskError__Output } from "@baton/proto";
import { errorLine, parseJsonText } from "./run-json.ts";

/** What a run failed with: the message, where it was thrown, the error's own members, and then each cause likewise. */
export function errorLines({ error }: Run__Output): readonly string[] {
  return error === null ? [] : linesOf(error);
}

function linesOf(error: TaskError__Output): readonly string[] {
  return [
    ...errorLine(error).split("\n"),
    ...error.stackTrace.split("\n").filter((line) => line.trimStart().startsWith("at ")),
    ...Object.entries(parseJsonText(error.properties) ?? {}).map(memberLine),
    ...[error.cause ?? [], error.errors].flat().flatMap(causeLines),
  ];
}

function memberLine([name, value]: [string, unknown]): string {
  return `    ${name}: ${JSON.stringify(value)}`;
}

function causeLines(error: TaskError__Output): readonly string[] {
  const [first = "", ...rest] = linesOf(error);
  return [`Caused by: ${first}`, ...rest];
}
