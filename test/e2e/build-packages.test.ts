import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { buildVersion } from "@baton/runner";
import { readInlineMap } from "@baton/runner/internal/build/compile/inline-map";
import { installModuleRuntime } from "@baton/runner/internal/thread/module-runtime";
import { BuildProject, taskFile } from "./build-project.ts";

installModuleRuntime();

/** Builds the project, loads a task like a worker thread, and calls it. */
async function runTask(projectDir: string, id: string): Promise<unknown> {
  const { dir, tasks, initBundleFile } = await buildVersion({ projectDir, environment: "PRODUCTION" });
  if (initBundleFile !== undefined) await import(pathToFileURL(join(dir, initBundleFile)).href);
  const built = tasks.find(({ definition }) => definition.id === id);
  assert.ok(built, `the task ${id} is part of the version`);
  const exports = await import(pathToFileURL(join(dir, built.bundleFile)).href);
  const record = exports[built.definition.exportName][Symbol.for("baton.task.v1")];
  return await record.run(undefined, {});
}

test("a task uses a native package, which is left to Node.js", async () => {
  await using project = await BuildProject.create(
    {
      "trigger/image.ts": taskFile(
        "image",
        `run: async () => (await sharp({ create: { width: 3, height: 2, channels: 3, background: "red" } }).png().toBuffer({ resolveWithObject: true })).info.width`,
        `import sharp from "sharp";`,
      ),
    },
    { "node_modules/sharp": "npm:sharp" },
  );
  assert.equal(await runTask(project.dir, "image"), 3);
});

test("a linked TypeScript package is compiled, and its own packages are found where it lies", async () => {
  await using project = await BuildProject.create(
    {
      "app/trigger/sum.ts": taskFile("sum", "run: async () => total([1, 2, 3])", `import { total } from "@acme/math";`),
      "packages/math/package.json": `{ "name": "@acme/math", "type": "module", "exports": "./src/index.ts" }`,
      "packages/math/src/index.ts": `import { add } from "adder";\nimport plus from "old-adder";\nexport const total = (all: readonly number[]): number => plus.plus(all.reduce(add, 0), 1);`,
      "packages/math/node_modules/adder/package.json": `{ "name": "adder", "type": "module", "exports": "./index.js" }`,
      "packages/math/node_modules/adder/index.js": "export const add = (a, b) => a + b;",
      "packages/math/node_modules/old-adder/package.json": `{ "name": "old-adder", "main": "lib.js" }`,
      "packages/math/node_modules/old-adder/lib.js": "exports.plus = (a, b) => a + b;",
    },
    { "app/node_modules/@baton/sdk": "npm:@baton/sdk", "app/node_modules/@acme/math": "packages/math" },
  );
  assert.equal(await runTask(join(project.dir, "app"), "sum"), 7);
});

test("packages are found in a layout with a store of links", async () => {
  const store = "node_modules/.pnpm/left@1.0.0/node_modules";
  await using project = await BuildProject.create(
    {
      "trigger/left.ts": taskFile("left", "run: async () => left()", `import { left } from "left";`),
      [`${store}/left/package.json`]: `{ "name": "left", "type": "module", "exports": "./index.js" }`,
      [`${store}/left/index.js`]: `export { right as left } from "right";`,
      [`${store}/right/package.json`]: `{ "name": "right", "type": "module", "exports": "./index.js" }`,
      [`${store}/right/index.js`]: `export const right = () => "found";`,
    },
    { "node_modules/left": `${store}/left` },
  );
  assert.equal(await runTask(project.dir, "left"), "found");
});

test("named imports of a CommonJS package work even where Node.js does not see the names", async () => {
  await using project = await BuildProject.create({
    "package.json": `{ "type": "module" }`,
    "trigger/old.ts": taskFile(
      "old",
      "run: async () => [greet(), all.greet(), data.answer]",
      `import all, { greet } from "old";\nimport data from "old/data.json" with { type: "json" };`,
    ),
    "node_modules/old/package.json": `{ "name": "old", "main": "index.js" }`,
    "node_modules/old/index.js": `const made = {}; for (const name of ["greet"]) made[name] = () => "hello"; module.exports = made;`,
    "node_modules/old/data.json": `{ "answer": 42 }`,
  });
  assert.deepEqual(await runTask(project.dir, "old"), ["hello", "hello", 42]);
});

test("path aliases, JSON, top-level await and the place of the source work", async () => {
  await using project = await BuildProject.create({
    "tsconfig.json": `{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }`,
    "src/text.ts": `import settings from "./settings.json";\nexport const text = await Promise.resolve(settings.text);`,
    "src/settings.json": `{ "text": "from an alias" }`,
    "src/place.ts": `export const here = [import.meta.url, __dirname, __filename].join("\\n");`,
    "trigger/note.txt": "beside the source",
    "trigger/alias.ts": taskFile(
      "alias",
      `run: async () => ({ text, here, note: readFileSync(new URL("./note.txt", import.meta.url), "utf8") })`,
      `import { readFileSync } from "node:fs";\nimport { text } from "@/text";\nimport { here } from "@/place";`,
    ),
  });
  const source = join(project.dir, "src", "place.ts");
  assert.deepEqual(await runTask(project.dir, "alias"), {
    text: "from an alias",
    here: [pathToFileURL(source).href, join(project.dir, "src"), source].join("\n"),
    note: "beside the source",
  });
});

test("task files of one thread share the modules that both import", async () => {
  await using project = await BuildProject.create({
    "src/counter.ts": "let count = 0;\nexport const next = () => ++count;",
    "trigger/one.ts": taskFile("one", "run: async () => next()", `import { next } from "../src/counter.ts";`),
    "trigger/two.ts": taskFile("two", "run: async () => next()", `import { next } from "../src/counter.ts";`),
  });
  assert.equal(await runTask(project.dir, "one"), 1);
  assert.equal(await runTask(project.dir, "two"), 2);
});

test("init.ts of the first task folder is imported before a task file", async () => {
  await using project = await BuildProject.create({
    "trigger/a-task.ts": taskFile("early", "run: async () => seen", "const seen = globalThis.batonInit;"),
    "trigger/init.ts": `globalThis.batonInit = "first";`,
  });
  assert.equal(await runTask(project.dir, "early"), "first");
});

test("the bundle of a project is the same wherever it lies, and source maps carry the source", async () => {
  const files = { "trigger/a.ts": taskFile("a", "run: async () => import.meta.url") };
  const sdk = {
    "node_modules/@baton/sdk/package.json": `{ "type": "module", "exports": "./index.js" }`,
    "node_modules/@baton/sdk/index.js": `export const task = (options) => ({ [Symbol.for("baton.task.v1")]: { id: options.id, run: options.run, options } });`,
  };
  const config = { "baton.config.ts": `export default { project: "same" };` };
  const hashes: string[] = [];
  for (const sub of ["here", "there"]) {
    const all = Object.entries({ ...files, ...sdk, ...config }).map(([path, text]) => [`${sub}/${path}`, text]);
    await using project = await BuildProject.create(Object.fromEntries(all));
    const projectDir = join(project.dir, sub);
    const built = await buildVersion({ projectDir, environment: "PRODUCTION" });
    const again = await buildVersion({ projectDir, environment: "PRODUCTION" });
    assert.equal(again.dir, built.dir);
    assert.equal(await readFile(join(projectDir, ".baton", ".gitignore"), "utf8"), "*\n");
    const map = readInlineMap(await readFile(join(built.dir, built.tasks[0]?.bundleFile ?? ""), "utf8"));
    assert.ok(map?.sourcesContent);
    assert.deepEqual(map.sources, ["../../../trigger/a.ts"]);
    assert.match(map.sourcesContent[0] ?? "", /import\.meta\.url/);
    hashes.push(built.hash);
  }
  assert.equal(hashes[0], hashes[1]);
});
