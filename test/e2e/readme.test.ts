import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { Project } from "../support/project.ts";
import { runBaton, Service } from "../support/service.ts";
import { repositoryRoot } from "../support/source-files.ts";

const readme = readFileSync(join(repositoryRoot, "README.md"), "utf8");

/** Returns the TypeScript blocks of the README, by the file name in their first line. */
function readmeFiles(): Readonly<Record<string, string>> {
  const blocks = [...readme.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)];
  return Object.fromEntries(blocks.map(([, path, code]) => [path, code]));
}

/** Returns the arguments of commands in the README that start with `npx baton`. */
function readmeCommands(): readonly (readonly string[])[] {
  const commands = [...readme.matchAll(/^npx baton (.*)$/gm)].map(([, words]) => words ?? "");
  return commands.map((words) =>
    [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ""),
  );
}

test("the README's code and commands do what the README says", async () => {
  const { "app.ts": app = "", ...files } = readmeFiles();
  assert.deepEqual(Object.keys(files), ["trigger/greet.ts"]);
  await using project = await Project.create({ ...files, "package.json": '{ "type": "module" }' });
  const { code } = await transform(app, { loader: "ts", format: "esm" });
  await project.write("app.js", code);

  const [dev = [], trigger = []] = readmeCommands();
  await using service = new Service([...dev, "--listen", "127.0.0.1:0"], { cwd: project.dir });
  await service.prints("greet  trigger/greet.ts");

  const { stdout } = await promisify(execFile)(process.execPath, ["app.js"], { cwd: project.dir });
  assert.equal(stdout, "COMPLETED Hello, Ada, at attempt 1.\n");

  const triggered = await runBaton(trigger, { cwd: project.dir });
  assert.equal(triggered.code, 0, triggered.stderr);
  assert.deepEqual(JSON.parse(triggered.stdout), { message: "Hello, Ada, at attempt 1." });
});

test("every file that the README points to is there", () => {
  const targets = [...readme.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target]) => target ?? "");
  assert.ok(targets.length > 10);
  for (const target of targets) assert.doesNotThrow(() => readFileOrFolder(target), target);
});

function readFileOrFolder(target: string): void {
  try {
    readFileSync(join(repositoryRoot, target));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EISDIR") throw error;
  }
}
