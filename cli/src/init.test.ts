import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { after, describe, test } from "node:test";
import type { CommandContext } from "./command-context.ts";
import { Output } from "./output.ts";
import { createProgram } from "./program.ts";

const root = mkdtempSync(join(tmpdir(), "baton-init-"));
after(() => rmSync(root, { recursive: true }));

async function runInit(dir: string): Promise<string> {
  let printed = "";
  const stream = {
    write: (text: string) => {
      printed += text;
    },
  };
  const context: CommandContext = {
    output: new Output(stream, stream, {}),
    env: {},
    cwd: root,
    readStdin: () => Promise.resolve(""),
    openStdin: () => Readable.from([]),
    openStdout: () => ({ stream: new PassThrough(), isPipe: false }),
    finish: () => assert.fail("init succeeds"),
    onStopSignal: () => () => {},
  };
  await createProgram(context).parseAsync(["init", dir], { from: "user" });
  return printed;
}

describe("baton init", () => {
  test("makes a project in a new folder", async () => {
    await runInit("new");
    const manifest = JSON.parse(readFileSync(join(root, "new", "package.json"), "utf8")) as Record<string, unknown>;
    assert.deepEqual(manifest.scripts, { dev: "baton dev", "hello-world": "baton trigger hello-world --wait" });
    assert.match(readFileSync(join(root, "new", "trigger", "hello-world.ts"), "utf8"), /id: "hello-world"/);
    assert.match(readFileSync(join(root, "new", "baton.config.ts"), "utf8"), /project: "new"/);
    assert.equal(readFileSync(join(root, "new", ".gitignore"), "utf8"), ".baton/\nnode_modules/\n");
  });

  test("changes nothing the second time", async () => {
    const before = readFileSync(join(root, "new", "package.json"), "utf8");
    const printed = await runInit("new");
    assert.doesNotMatch(printed, /made|changed/);
    assert.equal(readFileSync(join(root, "new", "package.json"), "utf8"), before);
  });

  test("adds to a manifest and keeps what is in it", async () => {
    await runInit("old");
    const path = join(root, "old", "package.json");
    writeFileSync(path, '{\n\t"name": "mine",\n\t"scripts": { "dev": "vite" }\n}\n');
    await runInit("old");
    const text = readFileSync(path, "utf8");
    const { name, scripts } = JSON.parse(text) as { name: string; scripts: Record<string, string> };
    assert.equal(name, "mine");
    assert.equal(scripts.dev, "vite");
    assert.match(text, /^\t"name"/m);
  });

  test("refuses a file in the place of the folder", async () => {
    writeFileSync(join(root, "taken"), "");
    await assert.rejects(runInit("taken"), { code: "PROJECT_UNREADABLE" });
  });

  test("refuses a manifest that is not JSON", async () => {
    await runInit("broken");
    writeFileSync(join(root, "broken", "package.json"), "{");
    await assert.rejects(runInit("broken"), { code: "PROJECT_UNREADABLE" });
  });
});
