import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { LineWriter, maxWaitingLineBytes } from "./line-writer.ts";

test("lines that a pipe does not take wait; those beyond the limit are dropped, counted, and told of when it is read", async (t) => {
  const { reader, writer } = openPipe(t);
  const dropped: number[] = [];
  const lines = new LineWriter(writer, {
    onRoom: (count) => {
      dropped.push(count);
      lines.write(`dropped ${count}\n`);
    },
  });
  const line = `${"x".repeat(99)}\n`;
  const written = 3 * (maxWaitingLineBytes / line.length);
  for (let count = 0; count < written; count += 1) {
    lines.write(line);
    // Lets the writer fill the pipe between the lines.
    if (count % 500 === 0) await sleep(0);
  }
  assert.deepEqual(dropped, []);

  let text = "";
  const buffer = Buffer.alloc(256 * 1024);
  for (let tries = 0; tries < 500 && !text.includes("dropped"); tries += 1) {
    text += readWhatIsThere(reader, buffer);
    await sleep(10);
  }
  lines.write("the last one\n");
  await sleep(100);
  text += readWhatIsThere(reader, buffer);
  const whole = text.split("\n").slice(0, -1);
  const told = whole.filter((text) => text.startsWith("dropped"));
  assert.deepEqual(told, [`dropped ${dropped[0]}`]);
  assert.equal(whole.at(-1), "the last one");
  assert.equal(whole.filter((text) => text.length === 99).length + (dropped[0] ?? 0), Math.ceil(written));
  assert.ok(text.length < maxWaitingLineBytes + 128 * 1024, "bounded by the limit and the pipe");
});

test("a reader that went away is told once, and lines go nowhere", async (t) => {
  const { reader, writer } = openPipe(t);
  closeSync(reader);
  let closed = 0;
  const lines = new LineWriter(writer, { onRoom: () => assert.fail(), onClosed: () => (closed += 1) });
  lines.write("one\n");
  await sleep(50);
  lines.write("two\n");
  await sleep(50);
  assert.equal(closed, 1);
});

/** A named pipe whose ends do not block. */
function openPipe(t: TestContext): { readonly reader: number; readonly writer: number } {
  const dir = mkdtempSync(join(tmpdir(), "baton-pipe-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  return { reader, writer };
}

function readWhatIsThere(fd: number, buffer: Buffer): string {
  try {
    return buffer.toString("utf8", 0, readSync(fd, buffer));
  } catch {
    return "";
  }
}
