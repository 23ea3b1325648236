import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as errors from "./errors.ts";
import { resolveRequest, retryDelayMs } from "./request-options.ts";

const { apiError, apiErrorFrom, isRetryable } = errors;

describe("apiErrorFrom", () => {
  const table: readonly [grpcStatus: number, status: number, type: keyof typeof errors, isRetryable: boolean][] = [
    [2, 500, "InternalServerError", true],
    [3, 400, "BadRequestError", false],
    [4, 504, "InternalServerError", true],
    [5, 404, "NotFoundError", false],
    [6, 409, "ConflictError", false],
    [7, 403, "PermissionDeniedError", false],
    [8, 429, "RateLimitError", true],
    [9, 422, "UnprocessableEntityError", false],
    [10, 409, "ConflictError", true],
    [12, 501, "InternalServerError", false],
    [13, 500, "InternalServerError", true],
    [14, 503, "InternalServerError", true],
    [16, 401, "AuthenticationError", false],
  ];
  for (const [grpcStatus, status, type, isRepeated] of table) {
    test(`makes a ${type} of gRPC status ${grpcStatus}, which is ${isRepeated ? "" : "not "}repeated`, () => {
      const error = apiErrorFrom({ status: grpcStatus, code: "SOME_CODE", message: "m" });
      assert.ok(error instanceof errors.ApiError);
      assert.equal(error.constructor.name, type);
      assert.deepEqual([error.name, error.status, error.code], ["TriggerApiError", status, "SOME_CODE"]);
      assert.equal(isRetryable(error), isRepeated);
    });
  }

  test("gives every known code a class, and a call without a code one all the same", () => {
    for (const code of Object.keys(errors.errorCodes)) {
      assert.equal(apiError(code as errors.ErrorCode, "m").code, code);
    }
    assert.equal(apiErrorFrom({ status: 8, message: "m" }).code, "OVERLOADED");
    assert.equal(apiErrorFrom({ status: 99, message: "m" }).code, "INTERNAL");
  });

  test("tells how long to wait", () => {
    const error = apiErrorFrom({ status: 8, message: "m", retryAfterMs: 7_000 });
    assert.ok(error instanceof errors.RateLimitError);
    assert.equal(error.millisecondsUntilReset, 7_000);
  });
});

test("retry delays double, jitter upwards, and keep between the coordinator's wish and the bound", () => {
  const request = resolveRequest({ retry: { minTimeoutInMs: 100, maxTimeoutInMs: 350 } });
  const error = apiErrorFrom({ status: 14, message: "m" });
  assert.equal(retryDelayMs(request, 1, error, 0), 100);
  assert.equal(retryDelayMs(request, 2, error, 0.5), 300);
  assert.equal(retryDelayMs(request, 3, error, 0), 350);
  const slowDown = apiErrorFrom({ status: 8, message: "m", retryAfterMs: 5_000 });
  assert.equal(retryDelayMs(request, 1, slowDown, 0.9), 5_000);
});

test("options of a call come before the configured ones and these before the defaults", () => {
  const configured = { timeoutMs: 5, retry: { maxAttempts: 7, minTimeoutInMs: 1 } };
  assert.deepEqual(resolveRequest({ retry: { minTimeoutInMs: 2 } }, configured), {
    timeoutMs: 5,
    maxAttempts: 7,
    minTimeoutMs: 2,
    maxTimeoutMs: 10_000,
  });
});
