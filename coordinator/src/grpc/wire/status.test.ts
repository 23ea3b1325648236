import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { messageType } from "@baton/proto";
import { statusByCode } from "@baton/proto/contract/error-codes";
import { status } from "@grpc/grpc-js";
import pino from "pino";
import { InvalidRequestError, OverloadedError, RunNotFoundError, StoreUnusableError } from "../../errors.ts";
import { failureStatus, visibleFailure } from "./status.ts";

const silent = pino({ level: "silent" });
const root = new URL("../../../../", import.meta.url);

interface Details {
  readonly code: number;
  readonly details: readonly { readonly type_url: string; readonly value: Buffer }[];
}

function detailsOf(error: unknown): ReadonlyMap<string, object> {
  const [bytes] = failureStatus(error, silent).metadata.get("grpc-status-details-bin");
  const { details } = messageType("google.rpc.Status").deserialize(bytes as Buffer) as Details;
  return new Map(
    details.map(({ type_url, value }) => {
      const name = type_url.slice(type_url.indexOf("/") + 1);
      return [name, messageType(name as "google.rpc.ErrorInfo").deserialize(value)];
    }),
  );
}

describe("failure statuses", () => {
  test("the table, the error classes and docs/errors.md name the same codes", () => {
    const document = readFileSync(new URL("docs/errors.md", root), "utf8");
    const [calls = "", starting = ""] = document.split("## Starting a coordinator");
    const documented = new Map(
      [...calls.matchAll(/^\| `([A-Z_]+)` \| ([A-Z_]+) \|/gm)].map(([, code, name]) => [code, name]),
    );
    const inTable = Object.entries(statusByCode).map(([code, value]) => [code, status[value]]);
    assert.deepEqual(Object.fromEntries(documented), Object.fromEntries(inTable));

    const startUp = [...starting.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    const files = ["coordinator/src/errors.ts", "proto/src/settings.ts"];
    const source = files.map((file) => readFileSync(new URL(file, root), "utf8")).join("\n");
    const inClasses = new Set([...source.matchAll(/"([A-Z]{2,}(?:_[A-Z]+)*)"/g)].map(([, code]) => code));
    inClasses.add("INTERNAL");
    assert.deepEqual(inClasses, new Set([...documented.keys(), ...startUp]));
  });

  test("a bad field is named in a BadRequest beside the code", () => {
    const details = detailsOf(new InvalidRequestError("MACHINE_UNKNOWN", "item.options.machine", "no machine"));
    assert.deepEqual(
      { ...details.get("google.rpc.ErrorInfo"), metadata: 0 },
      {
        reason: "MACHINE_UNKNOWN",
        domain: "baton",
        metadata: 0,
      },
    );
    assert.deepEqual(details.get("google.rpc.BadRequest"), {
      fieldViolations: [{ field: "item.options.machine", description: "no machine" }],
    });
    assert.equal(details.has("google.rpc.RetryInfo"), false);
  });

  test("an overloaded coordinator says when to try again", () => {
    const details = detailsOf(new OverloadedError(1_500));
    assert.deepEqual(details.get("google.rpc.RetryInfo"), { retryDelay: { seconds: 1, nanos: 500_000_000 } });
  });

  test("an unknown failure and one that belongs to the start-up leave as INTERNAL without their text", () => {
    for (const error of [new Error("secret"), "secret", new StoreUnusableError("secret")]) {
      const failure = visibleFailure(error, silent);
      assert.equal(failure.code, "INTERNAL");
      assert.equal(failure.message.includes("secret"), false);
    }
  });

  test("a known failure keeps its message", () => {
    assert.equal(failureStatus(new RunNotFoundError("run_x"), silent).code, status.NOT_FOUND);
    assert.match(failureStatus(new RunNotFoundError("run_x"), silent).details, /run_x/);
  });
});
