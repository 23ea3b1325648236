import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameReader, FrameWriter } from "./frame.ts";

const key = 0xdecade;
const frames: readonly (readonly [string, string])[] = [
  ["{}", ""],
  ['{"type":"ping"}', "ü€😀"],
  ["h", "x".repeat(200_000)],
  ["last", "end"],
];

function write(): Buffer {
  const writer = new FrameWriter(key);
  for (const [header, body] of frames) writer.add(header, body);
  return writer.take() as Buffer;
}

test("frames come out as they went in, whatever the pieces they arrive in", () => {
  const bytes = write();
  for (const size of [1, 11, 12, 13, 1_000, 65_536, bytes.length]) {
    const read: (readonly [string, string])[] = [];
    const reader = new FrameReader(key, (header, body) => read.push([header, body]));
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
    assert.deepEqual(read, frames);
  }
});

test("what was taken is not written over by later frames", () => {
  const writer = new FrameWriter(key);
  writer.add("first", "body");
  const first = writer.take() as Buffer;
  const copy = Buffer.from(first);
  for (let count = 0; count < 5_000; count += 1) writer.add("next", "other".repeat(10));
  assert.deepEqual(first, copy);
  assert.notEqual(writer.take(), undefined);
  assert.equal(writer.take(), undefined);
});

test("frames of whoever does not know the key are refused", () => {
  const told: string[] = [];
  const reader = new FrameReader(key + 1, (header) => told.push(header));
  assert.throws(() => reader.push(write()), /key of this pipe/);
  assert.deepEqual(told, []);
});
