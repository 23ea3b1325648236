import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { messageType } from "@baton/proto";
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { CliError, describeFailure } from "./failure.ts";

function serviceError(code: status, details: string, metadata = new Metadata()): ServiceError {
  return Object.assign(new Error(`${code} ${details}`), { code, details, metadata });
}

function withReason(reason: string, field?: string): Metadata {
  const pack = (name: string, value: object): object => ({
    type_url: `type.googleapis.com/${name}`,
    value: messageType(name).serialize(value),
  });
  const details = [
    pack("google.rpc.ErrorInfo", { reason, domain: "baton" }),
    ...(field === undefined
      ? []
      : [pack("google.rpc.BadRequest", { fieldViolations: [{ field, description: "too long" }] })]),
  ];
  const metadata = new Metadata();
  metadata.set(
    "grpc-status-details-bin",
    messageType("google.rpc.Status").serialize({ code: 3, message: "", details }),
  );
  return metadata;
}

describe("a failure is put into words", () => {
  test("that nobody listens ends with 3 and says how to start a coordinator", () => {
    const failure = describeFailure(
      serviceError(
        status.UNAVAILABLE,
        "No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ",
      ),
    );
    assert.equal(failure.code, "COORDINATOR_UNREACHABLE");
    assert.equal(failure.exitCode, 3);
    assert.match(failure.message, /connect ECONNREFUSED 127\.0\.0\.1:1\. "baton dev" starts one/);
  });

  test("that nobody listens names the command as the user starts it", () => {
    const { message } = describeFailure(serviceError(status.UNAVAILABLE, "Name resolution failed"), "npx baton");
    assert.match(message, /"npx baton dev" starts one/);
  });

  test("that nobody answers in time is another thing than that nobody is there", () => {
    const failure = describeFailure(serviceError(status.DEADLINE_EXCEEDED, "Deadline exceeded"));
    assert.deepEqual([failure.code, failure.exitCode], ["DEADLINE_EXCEEDED", 3]);
  });

  test("that the coordinator refused ends with 2 and names its code and the field", () => {
    const failure = describeFailure(
      serviceError(status.INVALID_ARGUMENT, "A tag is too long.", withReason("OPTION_INVALID", "item.options.tags[0]")),
    );
    assert.deepEqual(failure, {
      code: "OPTION_INVALID",
      message: "A tag is too long.",
      exitCode: 2,
      fields: [{ field: "--tag", reason: "too long" }],
    });
  });

  test("that a page is unknown speaks of the flag and not of the protocol's fields", () => {
    const details = "The page token is not one of ours. Use next_page_token of an earlier answer.";
    const { fields, message } = describeFailure(
      serviceError(status.INVALID_ARGUMENT, details, withReason("PAGE_TOKEN_INVALID", "page_token")),
    );
    assert.match(message, /--page/);
    assert.doesNotMatch(message, /page_token/);
    assert.deepEqual(fields, []);
  });

  test("that the store is away keeps its code and ends with 3", () => {
    const failure = describeFailure(serviceError(status.UNAVAILABLE, "The store is away.", withReason("STOPPING")));
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
