import { describeIssues, type SchemaIssue } from "../schema-error.ts";
import { describeThrown } from "./task-error.ts";

/** The payload that the schema of a task refused in an attempt; `cause` is the parser's own error. */
export class PayloadParseError extends Error {
  constructor(cause: unknown) {
    super(`The task's schema refused the payload. ${reasonOf(cause)}`, { cause });
    this.name = "TaskPayloadParsedError";
  }
}

/** Some libraries put a document over many lines into the message, and only its first line is seen in most places. */
function reasonOf(cause: unknown): string {
  const { issues } = Object(cause) as { readonly issues?: unknown };
  return Array.isArray(issues) && issues.length > 0 && issues.every(isIssue)
    ? describeIssues(issues)
    : describeThrown(cause).message;
}

function isIssue(value: unknown): value is SchemaIssue {
  const { message, path } = Object(value) as { readonly message?: unknown; readonly path?: unknown };
  return typeof message === "string" && (path === undefined || Array.isArray(path));
}
