import { describeThrown } from "./task-error.ts";

/** The payload that the schema of a task refused in an attempt; `cause` is the parser's own error. */
export class PayloadParseError extends Error {
  constructor(cause: unknown) {
    super(`The task's schema refused the payload. ${describeThrown(cause).message}`, { cause });
    this.name = "TaskPayloadParsedError";
  }
}
