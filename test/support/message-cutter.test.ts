import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageCutter } from "./message-cutter.ts";

function message(length: number): Buffer {
  const bytes = Buffer.alloc(length, length);
  bytes.writeInt32LE(length, 0);
  return bytes;
}

test("messages come out whole however the bytes came in", () => {
  const sent = [16, 300, 20, 5_000].map(message);
  const all = Buffer.concat(sent);
  for (const step of [1, 3, 7, 100, all.length]) {
    const cutter = new MessageCutter();
    const got: Buffer[] = [];
    for (let at = 0; at < all.length; at += step) got.push(...cutter.push(all.subarray(at, at + step)));
    assert.deepEqual(got, sent, `in steps of ${step}`);
  }
});
