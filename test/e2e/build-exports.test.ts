import assert from "node:assert/strict";
import { test } from "node:test";
import { buildVersion } from "@baton/runner";
import { BuildProject, taskFile } from "./build-project.ts";

type BuiltProject = Awaited<ReturnType<typeof buildVersion>>;

async function build(files: Readonly<Record<string, string>>): Promise<BuiltProject> {
  await using project = await BuildProject.create(files);
  return await buildVersion({ projectDir: project.dir, environment: "PRODUCTION" });
}

/** Returns the export names of tasks by task id. */
function exportNames({ tasks }: BuiltProject): Record<string, string> {
  return Object.fromEntries(tasks.map(({ definition: { id, exportName } }) => [id, exportName]));
}

test("an export that is a lazy proxy is not touched", async () => {
  const built = await build({
    "trigger/a.ts": `${taskFile("a")}
const refuse = (): never => { throw new Error("not connected"); };
export const database = new Proxy({}, { get: refuse, has: refuse, getOwnPropertyDescriptor: refuse, ownKeys: refuse, getPrototypeOf: refuse });
export default new Proxy(function () {}, { get: refuse, apply: refuse });
export class Model { static get connection(): never { throw new Error("no connection"); } }
export const lazy = { get [Symbol.for("baton.task.v1")](): never { throw new Error("touched"); } };
`,
  });
  assert.deepEqual(exportNames(built), { a: "theTask" });
});

test("a getter of CommonJS that throws does not keep the tasks beside it from being registered", async () => {
  const built = await build({
    "trigger/a.cjs": `const { task } = require("@baton/sdk");
Object.defineProperty(exports, "broken", { enumerable: true, get() { throw new Error("deprecated"); } });
exports.a = task({ id: "a", run: async () => {} });`,
  });
  assert.deepEqual(exportNames(built), { a: "a" });
});

test("tasks of CommonJS are registered: members of exports, an object, one alone", async () => {
  const make = (id: string) => `require("@baton/sdk").task({ id: "${id}", run: async () => {} })`;
  const built = await build({
    "trigger/members.cjs": `exports.a = ${make("a")};`,
    "trigger/object.js": `module.exports = { b: ${make("b")}, other: 1 };`,
    "trigger/alone.cjs": `module.exports = ${make("c")};`,
    "trigger/computed.cjs": `for (const name of ["d", "e"]) exports[name + "Task"] = ${make("' + name + '").replace(`"' + name + '"`, "name")};`,
    "trigger/typed.cts": `import { task } from "@baton/sdk";\nexport = { f: task({ id: "f", run: async () => {} }) };`,
  });
  assert.deepEqual(exportNames(built), { a: "a", b: "b", c: "default", d: "dTask", e: "eTask", f: "f" });
});

test("emitDecoratorMetadata is warned of by its name, in files with decorators only", async () => {
  const { warnings } = await build({
    "tsconfig.json": `{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }`,
    "trigger/a.ts": taskFile("a", "run: async () => new Service()", `import { Service } from "../src/service.ts";`),
    "src/service.ts": `const mark = (_: unknown): void => {};\n@mark\nexport class Service {}\n`,
  });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /^src\/service\.ts: emitDecoratorMetadata has no effect/);
});

test("folders that give no task, and that do not exist, are named; hidden files are no task files", async () => {
  const { warnings, tasks } = await build({
    "baton.config.ts": `export default { dirs: ["jobs", "empty", "gone", "packages/*/jobs"] };`,
    "jobs/a.ts": taskFile("a"),
    "jobs/.#a.ts": "this is a link of an editor",
    "jobs/._a.ts": "\0\u0005\u0016",
    "jobs/.eslintrc.cjs": "throw new Error('not a task file');",
    "empty/helper.ts": "export const helper = 1;",
    "packages/one/jobs/b.ts": taskFile("b"),
  });
  assert.deepEqual(
    tasks.map(({ definition }) => definition.filePath),
    ["jobs/a.ts", "packages/one/jobs/b.ts"],
  );
  assert.deepEqual(warnings, [
    'The folder "gone", named in dirs, does not exist.',
    'The folder "empty" has no file that exports a task.',
  ]);
});

test("a task that is not exported is registered when its file triggers it, and named when nothing does", async () => {
  const built = await build({
    "trigger/parent.ts": `import { task } from "@baton/sdk";
const child = task({ id: "child", run: async () => 1 });
const unused = task({ id: "unused", run: async () => 2 });
export const parent = task({ id: "parent", run: async () => (await child.trigger(undefined)).id });
`,
  });
  assert.deepEqual(exportNames(built), { child: "child", parent: "parent" });
  assert.equal(built.warnings.length, 1);
  assert.match(built.warnings[0] ?? "", /^trigger\/parent\.ts: task "unused" is not exported/);
});
