import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadSync, type MessageTypeDefinition } from "@grpc/proto-loader";
import protobuf from "protobufjs";
import { codecs } from "./generated/codecs.ts";
import { messageType } from "./services.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const files = [
  "baton/v1/log_service.proto",
  "baton/v1/run_service.proto",
  "baton/v1/runner_service.proto",
  "baton/v1/task_service.proto",
  "google/rpc/error_details.proto",
  "google/rpc/status.proto",
  "grpc/health/v1/health.proto",
  "grpc/reflection/v1/reflection.proto",
  "grpc/reflection/v1alpha/reflection.proto",
];
/** The generic codecs, which proto-loader makes from the .proto files when it runs. */
const generic = loadSync(files, { includeDirs: [root], longs: Number, enums: String, defaults: true, oneofs: true });
const types = new protobuf.Root();
types.resolvePath = (_origin, target) => (target.startsWith("google/protobuf/") ? target : root + target);
types.loadSync(files).resolveAll();

interface AnyCodec {
  serialize(message: object): Buffer;
  deserialize(bytes: Buffer): object;
}

// proto-loader has no codec of its own for a message inside another one.
const names = Object.keys(codecs).filter((name) => name in generic);
const generatedOf = (name: string) => codecs[name as keyof typeof codecs] as AnyCodec;
const genericOf = (name: string) => generic[name] as MessageTypeDefinition<object, object>;

/** A small generator of numbers that repeats from its seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const texts = ["", "a", "grün 🎉", "\u0000", "x".repeat(300)];
const integers = [0, 1, 127, 128, 2 ** 31 - 1];
const longer = [...integers, 2 ** 32 - 1, 2 ** 32, 2 ** 35, 2 ** 53 - 1];
const valuesByType: Readonly<Record<string, readonly unknown[]>> = {
  string: texts,
  bytes: texts.map((text) => Buffer.from(text)),
  bool: [false, true],
  double: [0, 1.5, -1e300, Number.POSITIVE_INFINITY],
  int32: [...integers, -1, -(2 ** 31)],
  uint32: [...integers, 2 ** 32 - 1],
  int64: [...longer, -1, -(2 ** 35), -(2 ** 53 - 1)],
  uint64: longer,
};

/** Makes a message with random members, in the form that proto-loader takes. */
function makeMessage(name: string, random: (below: number) => number, depth = 0): object {
  const type = types.lookupType(name);
  const pick = <T>(values: readonly T[]): T => values[random(values.length)] as T;
  const memberOf = (field: protobuf.Field): unknown => {
    if (field.resolvedType instanceof protobuf.Enum) return pick([...Object.values(field.resolvedType.values), 99]);
    if (field.resolvedType !== null) {
      return depth > 3 ? null : makeMessage(field.resolvedType.fullName.slice(1), random, depth + 1);
    }
    return pick<unknown>(valuesByType[field.type] ?? assert.fail(`no values for ${field.type}`));
  };
  const chosen = new Set(type.oneofsArray.map((oneof) => pick(oneof.fieldsArray)));
  const fields = type.fieldsArray.filter((field) => random(3) > 0 && (field.partOf === null || chosen.has(field)));
  return Object.fromEntries(
    fields.map((field) => {
      if (field instanceof protobuf.MapField) return [field.name, { a: "1", "": "grün" }];
      if (!field.repeated) return [field.name, memberOf(field)];
      return [field.name, Array.from({ length: random(4) }, () => memberOf(field)).filter((value) => value !== null)];
    }),
  );
}

describe("the generated codecs and proto-loader's read alike what either of them wrote", () => {
  for (const name of names) {
    test(name, () => {
      const random = randomFrom(name.length + 1);
      for (let round = 0; round < 60; round += 1) {
        const message = makeMessage(name, random);
        const bytes = genericOf(name).serialize(message);
        const expected = genericOf(name).deserialize(bytes);
        assert.deepEqual(generatedOf(name).deserialize(bytes), expected);
        assert.deepEqual(genericOf(name).deserialize(generatedOf(name).serialize(message)), expected);
        // What was read can be sent on.
        assert.deepEqual(generatedOf(name).deserialize(generatedOf(name).serialize(expected)), expected);
      }
    });
  }
});

const run = messageType("baton.v1.Run");
const outcome = messageType("baton.v1.AttemptOutcome");

test("fields that this version does not know, or knows as another type, are passed over", () => {
  const unknown = protobuf.Writer.create()
    .uint32(8_000)
    .uint32(7)
    .uint32((9_000 << 3) | 2)
    .string("new");
  const otherType = protobuf.Writer.create()
    .uint32((1 << 3) | 0)
    .uint32(7);
  const bytes = Buffer.concat([unknown.finish(), otherType.finish(), run.serialize({ taskId: "greet" })]);
  assert.deepEqual(run.deserialize(bytes), run.deserialize(run.serialize({ taskId: "greet" })));
});

test("of several members of a oneof, the last one counts", () => {
  const both = [{ success: { output: "1" } }, { interruption: { code: "X" } }].map((end) => outcome.serialize(end));
  const { end, interruption, success } = outcome.deserialize(Buffer.concat(both));
  assert.deepEqual([end, interruption?.code, success], ["interruption", "X", undefined]);
});

test("a list of numbers may have one tag for all or one for each", () => {
  const type = messageType("baton.v1.ListRunsRequest");
  const each = protobuf.Writer.create().uint32(8).int32(3).uint32(8).int32(5).finish() as Buffer;
  assert.deepEqual(type.deserialize(each).statuses, ["RUN_STATUS_QUEUED", "RUN_STATUS_EXECUTING"]);
  assert.deepEqual(type.deserialize(type.serialize({ statuses: [3, 5] })), type.deserialize(each));
});

test("bytes that are not a message are refused", () => {
  const error = (depth: number): Buffer =>
    depth === 0
      ? Buffer.alloc(0)
      : nested(messageType("baton.v1.TaskError").serialize({ name: "E" }), error(depth - 1));
  const nested = (outer: Buffer, inner: Buffer) =>
    Buffer.concat([
      outer,
      protobuf.Writer.create()
        .uint32((7 << 3) | 2)
        .bytes(inner)
        .finish(),
    ]);
  const type = messageType("baton.v1.TaskError");
  assert.ok(type.deserialize(error(99)).cause);
  assert.throws(() => type.deserialize(error(101)), /nested more than 100 levels/);
  const whole = run.serialize({ id: "run_1", createTime: { seconds: 1_700_000_000, nanos: 5 }, revision: 2 ** 40 });
  for (let length = 1; length < whole.length; length += 1) {
    const decode = (codec: AnyCodec) => {
      try {
        return JSON.stringify(codec.deserialize(whole.subarray(0, length))).length > 0;
      } catch {
        return false;
      }
    };
    // proto-loader also takes some numbers that end in their middle.
    if (decode(run as AnyCodec)) assert.ok(decode(genericOf("baton.v1.Run")), `the first ${length} bytes`);
  }
  assert.throws(() => run.deserialize(Buffer.alloc(20, 0xff)));
});
