import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { grpcStatus as status } from "@baton/proto/contract/error-codes";
import { ApiError } from "@baton/sdk";
import { CliError, describeFailure } from "./failure.ts";

/** A failed call as the SDK throws it. */
function failedCall(grpcStatus: number, details: string, more: { code?: string; field?: string } = {}): ApiError {
  const code = grpcStatus === status.unavailable ? "COORDINATOR_UNREACHABLE" : "DEADLINE_EXCEEDED";
  return new ApiError({ code, message: details, grpcStatus, cause: { details }, ...more });
}

describe("a failure is put into words", () => {
  test("that nobody listens ends with 3 and says how to start a coordinator", () => {
    const failure = describeFailure(
      failedCall(
        status.unavailable,
        "No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ",
      ),
    );
    assert.equal(failure.code, "COORDINATOR_UNREACHABLE");
    assert.equal(failure.exitCode, 3);
    assert.match(failure.message, /connect ECONNREFUSED 127\.0\.0\.1:1\. "baton dev" starts one/);
  });

  test("that nobody listens names the command as the user starts it", () => {
    const { message } = describeFailure(failedCall(status.unavailable, "Name resolution failed"), "npx baton");
    assert.match(message, /"npx baton dev" starts one/);
  });

  test("that nobody answers in time is another thing than that nobody is there", () => {
    const failure = describeFailure(failedCall(status.deadlineExceeded, "Deadline exceeded"));
    assert.deepEqual([failure.code, failure.exitCode], ["DEADLINE_EXCEEDED", 3]);
  });

  test("that the coordinator refused ends with 2 and names its code and the field", () => {
    const failure = describeFailure(
      failedCall(status.invalidArgument, "A tag is too long.", {
        code: "OPTION_INVALID",
        field: "item.options.tags[0]",
      }),
    );
    assert.deepEqual(failure, {
      code: "OPTION_INVALID",
      message: "A tag is too long.",
      exitCode: 2,
      field: "--tag",
    });
  });

  test("that a page is unknown speaks of the flag and not of the protocol's fields", () => {
    const details = "The page token is not one of ours. Use next_page_token of an earlier answer.";
    const { field, message } = describeFailure(
      failedCall(status.invalidArgument, details, { code: "PAGE_TOKEN_INVALID", field: "page_token" }),
    );
    assert.match(message, /--page/);
    assert.doesNotMatch(message, /page_token/);
    assert.equal(field, undefined);
  });

  test("that the store is away keeps its code and ends with 3", () => {
    const failure = describeFailure(failedCall(status.unavailable, "The store is away.", { code: "STOPPING" }));
    assert.deepEqual([failure.code, failure.exitCode], ["STOPPING", 3]);
  });

  test("of our own keeps code and exit code", () => {
    const { code, exitCode } = describeFailure(new CliError("PAYLOAD_NOT_JSON", "No JSON."));
    assert.deepEqual([code, exitCode], ["PAYLOAD_NOT_JSON", 2]);
  });

  test("that nobody foresaw says so", () => {
    const failure = describeFailure(new Error("boom"));
    assert.equal(failure.code, "INTERNAL");
    assert.match(failure.message, /unexpected.*boom/);
  });
});
