import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { recordInputs } from "./project-inputs.ts";
import { watchProject } from "./watch-project.ts";

const limitMs = 10_000;

test("changes, replaced files, new folders and linked packages are seen, until it is closed", async () => {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), "baton-watch-")));
  const projectDir = path.join(root, "app");
  const task = path.join(projectDir, "trigger", "a.ts");
  const linked = path.join(root, "package", "data.sql");
  await mkdir(path.dirname(task), { recursive: true });
  await mkdir(path.dirname(linked), { recursive: true });
  await writeFile(task, "1");
  await writeFile(linked, "1");

  const changes = new EventEmitter();
  const watch = watchProject({ projectDir }, () => changes.emit("change"));
  const seen = async (change: () => Promise<unknown>) => {
    const event = once(changes, "change", { signal: AbortSignal.timeout(limitMs) });
    await change();
    await event;
  };
  try {
    await seen(() => writeFile(task, "2"));
    await writeFile(`${task}~`, "3");
    await seen(() => rename(`${task}~`, task));
    await seen(() => writeFile(task, "4"));
    const added = path.join(projectDir, "trigger", "deep");
    await seen(() => mkdir(added));
    await seen(() => writeFile(path.join(added, "b.ts"), "1"));
    recordInputs(projectDir, new Set([task, linked]));
    await seen(() => writeFile(linked, "2"));
  } finally {
    await watch.close();
    await watch.close();
    await rm(root, { recursive: true, force: true });
  }
  assert.equal(changes.listenerCount("change"), 0);
});
