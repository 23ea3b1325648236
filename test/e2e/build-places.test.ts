import assert from "node:assert/strict";
import { test } from "node:test";
import { buildVersion } from "@baton/runner";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { BuildProject, taskFile } from "./build-project.ts";

async function refusal(files: Readonly<Record<string, string>>): Promise<string> {
  await using project = await BuildProject.create(files);
  return await buildVersion({ projectDir: project.dir, environment: "PRODUCTION" }).then(
    () => assert.fail("expected the build to be refused"),
    ({ message }: Error) => message,
  );
}

for (const [format, manifest] of [
  ["an ES module", `{ "type": "module" }`],
  ["CommonJS", `{ "type": "commonjs" }`],
] as const) {
  test(`a throw three imports deep is named with its file and line, in ${format}`, async () => {
    const message = await refusal({
      "package.json": manifest,
      "trigger/a.ts": taskFile("a", undefined, `import "../src/one";`),
      "src/one.ts": `import "./two";`,
      "src/two.ts": `import { three } from "./three";\nthree();`,
      "src/three.ts": `interface Removed {\n  a: string;\n}\n\nexport function three(): void {\n  throw new TypeError("three deep");\n}\n`,
    });
    assert.match(message, /trigger\/a\.ts: TypeError: three deep \(src\/three\.ts:6(?::\d+)?\)/);
  });
}

for (const [format, manifest] of [
  ["an ES module", `{ "name": "broken", "type": "module", "exports": "./lib/index.js" }`],
  ["CommonJS", `{ "name": "broken", "main": "./lib/index.js" }`],
] as const) {
  test(`a syntax error in a package that is ${format} is named with the package's file and line`, async () => {
    const message = await refusal({
      "package.json": `{ "type": "module" }`,
      "trigger/a.ts": taskFile("a", undefined, `import "broken";`),
      "node_modules/broken/package.json": manifest,
      "node_modules/broken/lib/index.js": `// fine\nconst x = ;\n`,
    });
    assert.match(message, /trigger\/a\.ts: SyntaxError: .*node_modules\/broken\/lib\/index\.js:2/s);
    assert.doesNotMatch(message, /\.baton/);
  });
}

test("a name that a package does not export is told with the package and the user's line", async () => {
  const message = await refusal({
    "package.json": `{ "type": "module" }`,
    "trigger/a.ts": taskFile("a", "run: async () => absent", `import { absent } from "modern";`),
    "node_modules/modern/package.json": `{ "name": "modern", "type": "module", "exports": "./index.js" }`,
    "node_modules/modern/index.js": `export const present = 1;`,
  });
  assert.match(
    message,
    /trigger\/a\.ts: SyntaxError: The requested module 'modern' does not provide an export named 'absent'/,
  );
  assert.match(message, /\(trigger\/a\.ts:2(?::\d+)?\)/);
});

test("the stack of a failed attempt names the user's files, lines and columns; a child that is not exported runs", async () => {
  await using project = await Project.create({
    "package.json": `{ "type": "module" }`,
    "trigger/fails.ts": `import { task } from "@baton/sdk";
import { deep } from "../src/deep.ts";

interface Removed { a: string }

export const fails = task({
  id: "fails",
  retry: { maxAttempts: 1 },
  run: async (payload: { wanted: string }) => { await import("node:fs"); return deep(payload.wanted, import.meta.url); },
});
`,
    "src/deep.ts": `type T = string;\n\nexport function deep(wanted: T, from: T): never {\n  const place = import.meta.url; throw new RangeError(wanted + place.length + from.length);\n}\n`,
    "trigger/old.cts": `import { task } from "@baton/sdk";\ntype T = number;\nexport const old = task({ id: "old", retry: { maxAttempts: 1 }, run: async () => {\n  const x: T = 1; throw new Error("from CommonJS" + x);\n} });\n`,
    "trigger/family.ts": `import { task } from "@baton/sdk";
const child = task({ id: "child", run: async (payload: { n: number }) => payload.n + 1 });
export const parent = task({ id: "parent", run: async () => (await child.trigger({ n: 1 })).id });
`,
  });
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });

  const failed = await runs.poll((await tasks.trigger("fails", { wanted: "no" })).id, { pollIntervalMs: 100 });
  const stack = JSON.stringify(failed.error);
  assert.match(stack, /src\/deep\.ts:4:40/);
  assert.match(stack, /trigger\/fails\.ts:9:81/);
  assert.doesNotMatch(stack, /\.baton/);

  const old = await runs.poll((await tasks.trigger("old", null)).id, { pollIntervalMs: 100 });
  assert.match(JSON.stringify(old.error), /trigger\/old\.cts:4:25/);

  const parent = await runs.poll((await tasks.trigger("parent", null)).id, { pollIntervalMs: 100 });
  const child = await runs.poll(parent.output as string, { pollIntervalMs: 100 });
  assert.deepEqual([child.status, child.output], ["COMPLETED", 2]);
});
