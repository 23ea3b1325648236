import assert from "node:assert/strict";
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { buildVersion } from "@baton/runner";
import { BuildProject, taskFile } from "./build-project.ts";

/** Builds a project that cannot be built. Returns the error's code and message. */
async function refusal(project: BuildProject): Promise<{ code: string; message: string }> {
  const error = await buildVersion({ projectDir: project.dir, environment: "PRODUCTION" }).then(
    () => assert.fail("expected the build to be refused"),
    (thrown: Error & { code: string }) => thrown,
  );
  const versions = await readdir(join(project.dir, ".baton", "versions")).catch(() => []);
  assert.deepEqual(versions, [], "nothing is left behind");
  assert.doesNotMatch(error.message, /\n\s+at |\.baton/, "the message has no stack trace and no inner path");
  return { code: error.code, message: error.message };
}

test("syntax errors of several files are told at once, with line, column and the line itself", async () => {
  await using project = await BuildProject.create({
    "trigger/a.ts": "const fine = 1;\nconst a b = 1;\n",
    "trigger/b.ts": `import { x } from "./absent.ts";\nx();\n`,
    "trigger/c.ts": "export const = 2;\n",
  });
  const { code, message } = await refusal(project);
  assert.equal(code, "BUILD_FAILED");
  assert.match(message, /trigger\/a\.ts:2:9: .*\n\s+const a b = 1;/);
  assert.match(message, /trigger\/b\.ts:1:19: Could not resolve/);
  assert.match(message, /trigger\/c\.ts:1:14: /);
});

test("bad options of two files are reported together with duplicate ids and a file that throws", async () => {
  await using project = await BuildProject.create({
    "trigger/a.ts": taskFile("a", `machine: "huge", retry: { factor: 0 }, run: async () => {}`),
    "trigger/b.ts": taskFile("b", "maxDuration: -1, onStart: 5, run: async () => {}"),
    "trigger/c.ts": taskFile("twin"),
    "trigger/d.ts": taskFile("twin"),
    "trigger/e.ts": `throw new TypeError("no database");`,
  });
  const { code, message } = await refusal(project);
  assert.equal(code, "TASK_FILES_INVALID");
  assert.match(message, /trigger\/a\.ts: task "a": machine: expected one of micro, .*"huge"/);
  assert.match(message, /trigger\/a\.ts: task "a": retry\.factor: /);
  assert.match(message, /trigger\/b\.ts: task "b": maxDuration: .*-1/);
  assert.match(message, /trigger\/b\.ts: task "b": onStart: expected a function, got 5/);
  assert.match(message, /"twin" is defined in trigger\/c\.ts and trigger\/d\.ts/);
  assert.match(message, /trigger\/e\.ts: TypeError: no database/);
});

for (const [what, body] of [
  ["loops for ever at its top level", "while (true) {}"],
  ["keeps a socket open and awaits for ever", `setInterval(() => {}, 1000);\nawait new Promise(() => {});`],
  ["awaits what cannot happen", "await new Promise(() => {});"],
  ["ends its process", "process.exit(3);"],
  [
    "speaks for the import",
    `import { parentPort } from "node:worker_threads";\nparentPort?.postMessage({ type: "importing" });`,
  ],
] as const) {
  test(`a file that ${what} is named, and ends nothing but its own import`, async () => {
    await using project = await BuildProject.create({
      "baton.config.ts": "export default { loadTimeout: 1 };",
      "trigger/a.ts": taskFile("a"),
      "trigger/bad.ts": `${body}\nexport {};`,
    });
    const { code, message } = await refusal(project);
    assert.equal(code, "TASK_IMPORT_FAILED");
    assert.match(message, /trigger\/bad\.ts: /);
  });
}

test("a duplicate alone and bad options alone have codes of their own", async () => {
  await using twins = await BuildProject.create({ "trigger/a.ts": taskFile("t"), "trigger/b.ts": taskFile("t") });
  assert.equal((await refusal(twins)).code, "TASK_ID_DUPLICATE");
  await using bad = await BuildProject.create({ "trigger/a.ts": taskFile("a b") });
  assert.equal((await refusal(bad)).code, "TASK_METADATA_INVALID");
  await using cron = await BuildProject.create({
    "trigger/a.ts": taskFile("a", `cron: "0 8 * * *", run: async () => {}`),
  });
  assert.equal((await refusal(cron)).code, "OPTION_NOT_SUPPORTED");
});

test("a task that is not exported and an unknown option warn; two names of one task are one task", async () => {
  await using project = await BuildProject.create({
    "trigger/a.ts": `${taskFile("seen", "colour: 1, run: async () => {}")}const hidden = task({ id: "hidden", run: async () => {} });\nexport default theTask;`,
    "trigger/b.ts": `export { theTask as again } from "./a.ts";`,
  });
  const { tasks, warnings } = await buildVersion({ projectDir: project.dir, environment: "PRODUCTION" });
  assert.deepEqual(
    tasks.map(({ definition: { id, filePath, exportName } }) => [id, filePath, exportName]),
    [["seen", "trigger/a.ts", "default"]],
  );
  assert.equal(warnings.length, 2);
  assert.match(warnings[0] ?? "", /"seen" has the unknown option colour/);
  assert.match(warnings[1] ?? "", /trigger\/a\.ts: task "hidden" is not exported/);
});

test("a configuration decides where tasks lie and what they take from it", async () => {
  await using project = await BuildProject.create({
    "baton.config.ts": `import { limit } from "./limit.ts"; export default { dirs: ["jobs", "gone"], machine: "micro", maxDuration: limit, retries: { default: { factor: 7 } }, build: {} };`,
    "limit.ts": "export const limit: number = 5;",
    "trigger.config.ts": `export default { dirs: ["elsewhere"] };`,
    "jobs/deep/a.ts": taskFile("a", "retry: { maxAttempts: 5 }, run: async () => {}"),
    "jobs/b.mts": taskFile("b"),
    "jobs/b.test.ts": "throw new Error('a test is no task file');",
    "trigger/c.ts": taskFile("c"),
  });
  const { tasks, warnings, config } = await buildVersion({ projectDir: project.dir, environment: "PRODUCTION" });
  const [a, b] = tasks.map(({ definition }) => definition);
  assert.deepEqual(tasks.length, 2);
  assert.deepEqual([a?.machine, a?.maxDurationMs, a?.retry.factor, a?.retry.maxAttempts], ["micro", 5_000, 2, 5]);
  assert.deepEqual([b?.retry.factor, b?.retry.maxAttempts], [7, 3]);
  assert.match(warnings.join("\n"), /baton\.config\.ts: build has no effect here/);
  assert.match(warnings.join("\n"), /folder "gone"/);
  assert.equal(config.loadTimeoutMs, 30_000);
});

for (const [what, text, code, pattern] of [
  ["an unknown field", "export default { machines: 1 };", "CONFIG_FILE_INVALID", /"machines"/],
  [
    "a wrong field",
    `export default { retries: { default: { factor: -1 } } };`,
    "CONFIG_FILE_INVALID",
    /retries\.default\.factor/,
  ],
  ["no usable export", "export const other = 1;", "CONFIG_FILE_INVALID", /default export/],
  ["a syntax error", "export default {", "CONFIG_FILE_INVALID", /baton\.config\.ts:1:/],
  ["a throw", `throw new Error("no");`, "CONFIG_FILE_INVALID", /Error: no/],
  ["a hook that is no function", "export default { onStart: 5 };", "CONFIG_FILE_INVALID", /onStart/],
  [
    "one hook under two names",
    "export default { handleError() {}, catchError() {} };",
    "CONFIG_FILE_INVALID",
    /catchError/,
  ],
] as const) {
  test(`a configuration file with ${what} is refused, naming it`, async () => {
    await using project = await BuildProject.create({ "baton.config.ts": text, "trigger/a.ts": taskFile("a") });
    const refused = await refusal(project);
    assert.equal(refused.code, code);
    assert.match(refused.message, /baton\.config\.ts/);
    assert.match(refused.message, pattern);
  });
}

test("task files see the allowed environment only, and no credential", async () => {
  const saved = { ...process.env };
  process.env.BATON_TOKEN = "secret";
  process.env.SHOWN_VALUE = "shown";
  process.env.HIDDEN_VALUE = "hidden";
  try {
    await using project = await BuildProject.create({
      "baton.config.ts": `export default { env: { deny: ["HIDDEN_*"] } };`,
      "trigger/a.ts": taskFile(
        "a",
        `description: [process.env.BATON_TOKEN, process.env.SHOWN_VALUE, process.env.HIDDEN_VALUE].join(), run: async () => {}`,
      ),
    });
    const { tasks } = await buildVersion({ projectDir: project.dir, environment: "PRODUCTION" });
    assert.equal(tasks[0]?.definition.description, ",shown,");
  } finally {
    process.env = saved;
  }
});

test("a project without task files has a version without tasks", async () => {
  await using project = await BuildProject.create({ "src/a.ts": "export {};" });
  const { tasks, dir } = await buildVersion({ projectDir: project.dir, environment: "PRODUCTION" });
  assert.deepEqual(tasks, []);
  await access(join(dir, "manifest.json"));
});
