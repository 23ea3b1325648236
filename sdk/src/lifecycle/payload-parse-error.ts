import { describeIssues, type SchemaIssue } from "../define/schema-error.ts";
import { describeThrown } from "./task-error.ts";

/** Reports a payload that the task's schema refused in an attempt. */
export class PayloadParseError extends Error {
  readonly #cause: unknown;

  constructor(cause: unknown) {
    // Some libraries write a document of many lines into the message, and most places show only its first line.
    const issues = issuesOf(cause);
    const reason = issues === undefined ? describeThrown(cause).message : describeIssues(issues);
    super(`The task's schema refused the payload. ${reason}`, issues === undefined ? { cause } : undefined);
    this.name = "TaskPayloadParsedError";
    this.#cause = cause;
  }

  /** The parser's own error. A getter is not an own member, so the error is not stored when the message has all its issues. */
  override get cause(): unknown {
    return this.#cause;
  }
}

function issuesOf(cause: unknown): readonly SchemaIssue[] | undefined {
  const { issues } = Object(cause) as { readonly issues?: unknown };
  return Array.isArray(issues) && issues.length > 0 && issues.every(isIssue) ? issues : undefined;
}

function isIssue(value: unknown): value is SchemaIssue {
  const { message, path } = Object(value) as { readonly message?: unknown; readonly path?: unknown };
  return typeof message === "string" && (path === undefined || Array.isArray(path));
}
