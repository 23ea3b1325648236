import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { findFreePort, runBaton, Service } from "../support/service.ts";
import { mountSmallDisk, unmountSmallDisk } from "../support/small-disk.ts";

const payloadCharacters = 200_000;

test("on a full disk a trigger is refused with the reason, and is taken again when there is room", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "baton-full-"));
  const refusal = mountSmallDisk(dir, "1500k");
  if (refusal !== undefined) {
    rmSync(dir, { recursive: true });
    t.skip(refusal);
    return;
  }
  const payloadFile = join(tmpdir(), `baton-full-${process.pid}.json`);
  writeFileSync(payloadFile, JSON.stringify("x".repeat(payloadCharacters)));
  const address = `127.0.0.1:${await findFreePort()}`;
  const coordinator = new Service(["coordinator", "--listen", address, "--store", `sqlite:${join(dir, "baton.db")}`]);
  const trigger = () =>
    runBaton(["trigger", "nobody-has-it", "--allow-unregistered", "--json", "--payload", `@${payloadFile}`], {
      env: { BATON_COORDINATOR: address },
    });
  try {
    await coordinator.prints("listening");
    let acknowledged = 0;
    let last = await trigger();
    while (last.code === 0 && acknowledged < 100) {
      acknowledged += 1;
      last = await trigger();
    }
    const printed = last.stdout + last.stderr;
    assert.equal(last.code, 3, printed);
    assert.match(printed, /STORE_UNAVAILABLE/);
    assert.match(printed, /disk is full; make room on it/);
    assert.doesNotMatch(printed, /^\s+at .+:\d+:\d+\)?$/m, "no stack trace");

    assert.equal(spawnSync("mount", ["-o", "remount,size=32m", dir]).status, 0);
    assert.equal((await trigger()).code, 0);
    const listed = await runBaton(["runs", "list", "--json"], { env: { BATON_COORDINATOR: address } });
    const { data: runs } = JSON.parse(listed.stdout) as { data: readonly unknown[] };
    // The refused run may exist, as the answer to its trigger said.
    assert.ok(
      runs.length === acknowledged + 1 || runs.length === acknowledged + 2,
      `${runs.length} of ${acknowledged}`,
    );
  } finally {
    await coordinator.kill("SIGKILL");
    unmountSmallDisk(dir);
    rmSync(dir, { recursive: true });
    rmSync(payloadFile);
  }
});

test("on a full disk a coordinator that starts says so, and starts when there is room", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "baton-full-"));
  const refusal = mountSmallDisk(dir, "1500k");
  if (refusal !== undefined) {
    rmSync(dir, { recursive: true });
    t.skip(refusal);
    return;
  }
  const args = ["coordinator", "--listen", "127.0.0.1:0", "--store", `sqlite:${join(dir, "baton.db")}`];
  try {
    await using killed = new Service(args);
    await killed.prints("listening");
    await killed.kill("SIGKILL");
    assert.throws(() => writeFileSync(join(dir, "fills-it"), Buffer.alloc(2_000_000)), { code: "ENOSPC" });
    const { code, stderr } = await runBaton(args);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /The disk of the store .* is full\. Make room on it.*\[STORE_UNUSABLE\]/);

    rmSync(join(dir, "fills-it"));
    await using started = new Service(args);
    await started.prints("listening");
  } finally {
    unmountSmallDisk(dir);
    rmSync(dir, { recursive: true });
  }
});
