import assert from "node:assert/strict";
import { test } from "node:test";
import { buildVersion } from "@baton/runner";
import { BuildProject, taskFile } from "./build-project.ts";

/** The result of a partial build: ids of tasks, and the problems of files that it left out. */
interface PartialBuild {
  readonly ids: readonly string[];
  readonly messages: readonly string[];
  readonly leftOut: readonly string[];
}

async function partial(files: Readonly<Record<string, string>>): Promise<PartialBuild> {
  const quick = { "baton.config.ts": "export default { loadTimeout: 2 };", "trigger/good.ts": taskFile("good") };
  await using project = await BuildProject.create({ ...quick, ...files });
  const options = { projectDir: project.dir, environment: "DEVELOPMENT" } as const;
  const { tasks, broken } = await buildVersion({ ...options, isPartial: true });
  await assert.rejects(buildVersion(options), "without isPartial the project is refused");
  return {
    ids: tasks.map(({ definition }) => definition.id),
    messages: broken.map(({ code, message }) => `${code} ${message}`),
    leftOut: broken.flatMap((error) => error.files),
  };
}

for (const [what, text, pattern] of [
  ["a syntax error", "const = 1;", /^BUILD_FAILED .*\n\s+trigger\/bad\.ts:1:7: /],
  [
    "a missing import",
    `import "./absent.ts";`,
    /^BUILD_FAILED .*\n\s+trigger\/bad\.ts:1:8: Could not resolve "\.\/absent\.ts"/,
  ],
  [
    "a throw",
    `\nthrow new Error("no database");`,
    /^TASK_IMPORT_FAILED .*\n\s+trigger\/bad\.ts: Error: no database \(trigger\/bad\.ts:2(?::\d+)?\)/,
  ],
  [
    "an endless loop",
    "for (;;);",
    /^TASK_IMPORT_FAILED .*\n\s+trigger\/bad\.ts: it has not finished loading after 2 s/,
  ],
  [
    "process.exit",
    "process.exit(3);",
    /^TASK_IMPORT_FAILED .*\n\s+trigger\/bad\.ts: it ends its process with exit code 3/,
  ],
  [
    "a bad option",
    taskFile("bad", "maxDuration: -1, run: async () => {}"),
    /^TASK_METADATA_INVALID .*\n\s+trigger\/bad\.ts: task "bad": maxDuration/,
  ],
] as const) {
  test(`a partial build leaves out a file with ${what} and names it`, async () => {
    const { ids, messages, leftOut } = await partial({ "trigger/bad.ts": text, "trigger/other.ts": taskFile("other") });
    assert.deepEqual(leftOut, ["trigger/bad.ts"]);
    assert.deepEqual(ids, ["good", "other"]);
    assert.equal(messages.length, 1);
    assert.match(messages[0] ?? "", pattern);
  });
}

test("a partial build leaves out both of two tasks with one id", async () => {
  const { ids, messages } = await partial({ "trigger/a.ts": taskFile("twin"), "trigger/b.ts": taskFile("twin") });
  assert.deepEqual(ids, ["good"]);
  assert.match(messages.join("\n"), /^TASK_ID_DUPLICATE .*\n\s+"twin" is defined in trigger\/a\.ts and trigger\/b\.ts/);
});

test("a broken file that two task files import is named once, and takes these two only", async () => {
  const { ids, messages, leftOut } = await partial({
    "src/shared.ts": "export const shared = ;",
    "trigger/a.ts": taskFile("a", undefined, `import { shared } from "../src/shared.ts";\nshared;`),
    "trigger/b.ts": taskFile("b", undefined, `import { shared } from "../src/shared.ts";\nshared;`),
  });
  assert.deepEqual(ids, ["good"]);
  assert.equal(messages.length, 1);
  assert.equal(messages[0]?.split("src/shared.ts:1:23:").length, 2);
  assert.deepEqual(leftOut, ["trigger/a.ts", "trigger/b.ts"]);
});
