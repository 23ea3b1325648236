import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { findFreePort, runBaton, Service } from "../support/service.ts";

const taskFile = `import { task } from "@baton/sdk";

export const hello = task({ id: "hello-world", run: async (payload: { name: string }) => "Hello " + payload.name });
`;

const token = "a-secret-token-of-this-test";

/** Asserts that a refusal has the exit code and the text to look it up, and no stack trace. */
function assertClear(result: { code: number | null; stdout: string; stderr: string }, exitCode: number, says: string) {
  const printed = result.stdout + result.stderr;
  assert.equal(result.code, exitCode, printed);
  assert.ok(printed.includes(says), `expected ${says} in:\n${printed}`);
  assert.doesNotMatch(printed, /^\s+at .+:\d+:\d+\)?$/m, "no stack trace");
}

describe("bad input to a running coordinator", () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({ "trigger/hello.ts": taskFile, "token.txt": `${token}\n` });
    const tokenFile = ["--token-file", project.path("token.txt")];
    const projectDir = project.dir;
    cluster = await Cluster.start({ projectDir, coordinatorArgs: tokenFile, runnerArgs: tokenFile, token });
  });

  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const trigger = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    runBaton(["trigger", ...args], {
      cwd: project.dir,
      env: { BATON_COORDINATOR: cluster.address, BATON_TOKEN: token, ...env },
    });

  const cases: readonly (readonly [title: string, args: readonly string[], exitCode: number, says: string])[] = [
    ["an unknown task", ["hello-wrld", "--payload", "{}"], 2, "TASK_NOT_REGISTERED"],
    ["a payload that is not JSON", ["hello-world", "--payload", "{name:"], 2, "PAYLOAD_NOT_JSON"],
    ["an unknown machine", ["hello-world", "--payload", "{}", "--machine", "huge"], 2, "MACHINE_UNKNOWN"],
    [
      "a negative maxDuration",
      ["hello-world", "--payload", "{}", "--max-duration=-1"],
      2,
      "a number of seconds above 0",
    ],
    ["a run without an attempt", ["hello-world", "--payload", "{}", "--max-attempts", "0"], 2, "It must be 1 or more."],
    ["a tag without a name", ["hello-world", "--payload", "{}", "--tag", ""], 2, "It must not be empty."],
  ];
  for (const [title, args, exitCode, says] of cases) {
    test(`${title} is refused`, async () => assertClear(await trigger(args), exitCode, says));
  }

  test("an unknown task is answered with the nearest known id", async () => {
    const { stderr } = await trigger(["hello-wrld", "--payload", "{}"]);
    assert.ok(stderr.includes("hello-world"), stderr);
  });

  test("a payload of 5 MB is refused with the limit, and nothing is stored", async () => {
    await project.write("big.json", JSON.stringify({ name: "x".repeat(5_000_000) }));
    const result = await trigger(["hello-world", "--payload", `@${project.path("big.json")}`]);
    assertClear(result, result.code ?? 1, "PAYLOAD_TOO_LARGE");
    assert.notEqual(result.code, 0);
    const listed = await runBaton(["runs", "list", "--json"], {
      cwd: project.dir,
      env: { BATON_COORDINATOR: cluster.address, BATON_TOKEN: token },
    });
    assert.ok(!listed.stdout.includes("run_"), "no run was stored");
  });

  test("a wrong token is refused", async () => {
    const result = await trigger(["hello-world", "--payload", "{}"], { BATON_TOKEN: "wrong" });
    assertClear(result, result.code ?? 1, "TOKEN_WRONG");
  });

  test("a second coordinator on the same store file is refused, and says why", async () => {
    const listen = `127.0.0.1:${await findFreePort()}`;
    const result = await runBaton(["coordinator", "--listen", listen, "--store", cluster.store], {
      cwd: project.dir,
      env: { BATON_TOKEN: "" },
    });
    assertClear(result, result.code ?? 1, "STORE_LOCKED");
  });

  test("a coordinator on a port in use is refused", async () => {
    const store = `sqlite:${project.path("other.db")}`;
    const result = await runBaton(["coordinator", "--listen", cluster.address, "--store", store], { cwd: project.dir });
    assertClear(result, result.code ?? 1, "PORT_IN_USE");
  });

  test("listening for other machines without a token is refused", async () => {
    const store = `sqlite:${project.path("other.db")}`;
    const env = { BATON_TOKEN: undefined };
    const result = await runBaton(["coordinator", "--listen", "0.0.0.0:0", "--store", store], {
      cwd: project.dir,
      env,
    });
    assertClear(result, 2, "INSECURE_LISTEN");
    assert.doesNotMatch(result.stderr, /coordinator started/);
  });

  test("a runner is refused a folder that is not there, and an address that is none", async () => {
    const run = (...args: readonly string[]) => runBaton(["runner", ...args], { cwd: project.dir });
    assertClear(await run("--dir", "absent"), 2, "PROJECT_UNREADABLE");
    assertClear(await run("--coordinator", "localhost"), 2, "must be host:port");
  });
});

test("a client of an absent coordinator exits with 3 and says what to do", async () => {
  await using project = await Project.create({});
  const result = await runBaton(["trigger", "hello-world", "--payload", "{}"], {
    cwd: project.dir,
    env: { BATON_COORDINATOR: `127.0.0.1:${await findFreePort()}` },
  });
  assertClear(result, 3, "COORDINATOR_UNREACHABLE");
});

describe("task files that cannot be registered", () => {
  const cases: readonly (readonly [title: string, files: Record<string, string>, code: string, mentions: string])[] = [
    ["a syntax error", { "trigger/broken.ts": "export const x = {;\n" }, "BUILD_FAILED", "trigger/broken.ts"],
    [
      "a file that never finishes loading",
      {
        "trigger/stuck.ts": "await new Promise(() => setInterval(() => {}, 1000));\n",
        "baton.config.ts": "export default { loadTimeout: 1 };\n",
      },
      "TASK_IMPORT_FAILED",
      "trigger/stuck.ts",
    ],
    [
      "two tasks with one id",
      { "trigger/a.ts": taskFile, "trigger/b.ts": taskFile },
      "TASK_ID_DUPLICATE",
      "hello-world",
    ],
  ];
  for (const [title, files, code, mentions] of cases) {
    test(`${title} ends the runner with a message that names the culprit`, async () => {
      await using project = await Project.create(files);
      await using cluster = await Cluster.start({ projectDir: project.dir, runners: 0 });
      await using runner = new Service(["runner", "--coordinator", cluster.address, "--dir", project.dir], {
        cwd: project.dir,
      });
      const exitCode = await runner.exited;
      assertClear({ code: exitCode, stdout: runner.stdout, stderr: runner.stderr }, exitCode ?? 1, code);
      assert.notEqual(exitCode, 0);
      assert.ok(runner.stderr.includes(mentions), runner.stderr);
    });
  }
});
