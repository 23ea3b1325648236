import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Project } from "../support/project.ts";
import { runBaton, Service } from "../support/service.ts";

/** Clears the screen, sets the title, starts a C1 sequence, overwrites its line, and reverses the text after it. */
const attack = "\u001b[2J\u001b]0;owned\u0007\u009b31m\rCOMPLETED\u202eEND";
const shown = "\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m\\u000dCOMPLETED\\u202eEND";

const taskFile = `import { logger, task } from "@baton/sdk";
const attack = ${JSON.stringify(attack)};
export const prints = task({
  id: "prints",
  description: attack,
  retry: { maxAttempts: 1 },
  run: async ({ fails }: { fails: boolean }) => {
    console.log(attack);
    logger.warn(attack, { attack });
    process.stdout.write(attack + "\\n");
    if (fails) throw Object.assign(new Error(attack, { cause: new TypeError(attack) }), { detail: attack });
    return { attack };
  },
});
`;

/** Asserts that only text, line feeds and tabs reach the terminal. */
function assertHarmless(where: string, printed: string): void {
  const found = /[^\P{Cc}\n\t]|[\u2028-\u202e\u2066-\u2069]/u.exec(printed);
  assert.equal(found, null, `${where}: ${JSON.stringify(printed.slice(found?.index, (found?.index ?? 0) + 80))}`);
}

describe("control characters that a task prints", { timeout: 240_000 }, () => {
  let project: Project;
  let dev: Service;
  const ids: string[] = [];

  before(async () => {
    project = await Project.create({ "trigger/prints.ts": taskFile, "package.json": '{ "type": "module" }' });
    dev = new Service(["dev", "--listen", "127.0.0.1:0"], { cwd: project.dir });
    await dev.prints("prints  trigger/prints.ts", 120_000);
  });

  after(async () => {
    await dev?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const baton = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await runBaton(args, { cwd: project.dir });
    return stdout + stderr;
  };

  test("are shown by trigger --wait, of logs, outputs and errors, and by the terminal of baton dev", async () => {
    for (const fails of [false, true]) {
      const printed = await baton(
        "trigger",
        "prints",
        "--payload",
        JSON.stringify({ fails }),
        "--tag",
        attack,
        "--wait",
      );
      assertHarmless("trigger --wait", printed);
      assert.ok(printed.includes(shown), printed);
      ids.push(/run_\w+/.exec(printed)?.[0] ?? "");
    }

    await dev.prints(`TypeError: ${shown}`, 60_000);
    assertHarmless("baton dev", dev.stdout + dev.stderr);
    assert.ok(dev.stdout.includes(`warn   ${shown}`), dev.stdout);
  });

  const commands: readonly (readonly [string, (id: string) => readonly string[]])[] = [
    ["runs logs", (id) => ["runs", "logs", id]],
    ["runs get, with tags, payload and error", (id) => ["runs", "get", id]],
    ["runs list, with tags and errors", () => ["runs", "list"]],
    ["runs watch", (id) => ["runs", "watch", id]],
    ["tasks list, with descriptions", () => ["tasks", "list"]],
  ];
  for (const [title, args] of commands) {
    test(`are shown by ${title}`, async () => {
      const printed = await baton(...args(ids[1] ?? ""));
      assertHarmless(title, printed);
      assert.ok(printed.includes(shown), printed);
    });
  }

  test("are shown in the answer to what a person typed", async () => {
    for (const args of [
      ["runs", "get", attack],
      ["trigger", attack],
      ["trigger", "prints", "--machine", attack],
      [attack],
    ]) {
      assertHarmless(args.join(" "), await baton(...args));
    }
  });

  test("are escapes of JSON in --json, which has the same value", async () => {
    const { stdout } = await runBaton(["runs", "get", ids[0] ?? "", "--json"], { cwd: project.dir });
    assertHarmless("--json", stdout);
    const run = JSON.parse(stdout) as { readonly output: unknown; readonly tags: readonly string[] };
    assert.deepEqual([run.output, run.tags], [{ attack }, [attack]]);
  });
});
