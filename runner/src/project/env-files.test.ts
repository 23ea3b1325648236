import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { changedEnvFiles, changedVariables, envFileNames, readEnvFiles } from "./env-files.ts";

async function folderWith(
  files: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly dir: string }> {
  const dir = await mkdtemp(path.join(tmpdir(), "baton-env-"));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(dir, name), text);
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

test("of two files that set a variable the later one wins, and files of other modes are not read", async () => {
  const files: Record<string, string> = { ".env.production": "LEFT_OUT=1", ".env.test": "LEFT_OUT=1" };
  // The first file sets all four variables, the second one three of them, and so on.
  for (const [index, name] of envFileNames.entries()) {
    files[name] = envFileNames
      .slice(index)
      .map((last) => `UP_TO_${envFileNames.indexOf(last)}=${name}\n`)
      .join("");
  }
  await using folder = await folderWith(files);
  assert.deepEqual(readEnvFiles(folder.dir).variables, {
    UP_TO_0: ".env",
    UP_TO_1: ".env.local",
    UP_TO_2: ".env.development",
    UP_TO_3: ".env.development.local",
  });
});

test("quotes, comments, export and a byte order mark are as dotenv has them", async () => {
  const text = "\uFEFFexport FIRST=1 # not this\n# nor this\nSECOND=\"two\\nlines\"\nTHIRD='a # b'\nEMPTY=\n";
  await using folder = await folderWith({ ".env": text });
  assert.deepEqual(
    { ...readEnvFiles(folder.dir).variables },
    { FIRST: "1", SECOND: "two\nlines", THIRD: "a # b", EMPTY: "" },
  );
});

test("a folder without such files has no variables, and a file that cannot be read is named", async () => {
  await using folder = await folderWith({ ".env.local": "A=1" });
  const before = readEnvFiles(folder.dir);
  assert.deepEqual([{ ...before.variables }, before.warnings], [{ A: "1" }, []]);
  await mkdir(path.join(folder.dir, ".env"));
  const after = readEnvFiles(folder.dir);
  assert.deepEqual({ ...after.variables }, { A: "1" });
  assert.match(after.warnings.join(), /^\.env cannot be read, so tasks do not see its variables: EISDIR/);
});

test("what changed is told by file and by variable", async () => {
  await using folder = await folderWith({ ".env": "A=1", ".env.local": "B=1" });
  const before = readEnvFiles(folder.dir);
  await writeFile(path.join(folder.dir, ".env"), "A=1");
  assert.deepEqual(changedEnvFiles(before, readEnvFiles(folder.dir)), []);
  await rm(path.join(folder.dir, ".env"));
  await writeFile(path.join(folder.dir, ".env.development"), "C=1");
  assert.deepEqual(changedEnvFiles(before, readEnvFiles(folder.dir)), [".env", ".env.development"]);
  assert.deepEqual(changedVariables({ A: "1", B: "1", D: "1" }, { B: "1", C: "1", D: "2" }), ["A", "C", "D"]);
});
