import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { batonCommand, runBaton, Service, serviceEnv } from "../support/service.ts";

const taskFile = `import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { task } from "@baton/sdk";

export const echo = task({ id: "echo", run: async (payload: unknown) => payload });

export const fails = task({
  id: "fails",
  retry: { maxAttempts: 2, minTimeoutInMs: 20, randomize: false },
  run: async () => {
    throw new TypeError("as planned,\\nin two lines");
  },
});

export const parent = task({
  id: "parent",
  run: async () => (await echo.trigger({ of: "parent" })).id,
});

export const patient = task({
  id: "patient",
  run: async (path: string) => {
    while (!existsSync(path)) await sleep(20);
    return "gone on";
  },
});
`;

describe("commands about runs", () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({ "trigger/tasks.ts": taskFile });
    // A short lease, after which interrupted runs start again.
    const coordinatorEnv = { BATON_LEASE_MS: "2000", BATON_HEARTBEAT_INTERVAL_MS: "400" };
    cluster = await Cluster.start({ projectDir: project.dir, coordinatorEnv });
    configure({ coordinator: cluster.address });
  });

  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const env = () => ({ BATON_COORDINATOR: cluster.address });
  const baton = (...args: readonly string[]) => runBaton(args, { cwd: project.dir, env: env() });

  async function makeRun(taskId: string, payload?: unknown, options = {}): Promise<string> {
    const { id } = await tasks.trigger(taskId, payload, options);
    await runs.poll(id);
    return id;
  }

  const documentsOf = (stdout: string): unknown[] =>
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);

  test("--json prints the run object of the SDK, in full and in a list", async () => {
    const options = {
      tags: ["a", "b"],
      machine: "micro",
      maxDuration: 60,
      maxAttempts: 3,
      priority: 2.5,
      idempotencyKey: "of-this-test",
    } as const;
    const parentId = await makeRun("parent");
    const child = await waitUntil("the child's end", async () => {
      const { data } = await runs.list({ taskIdentifier: "echo" });
      return data.find((run) => run.depth === 1 && run.isCompleted);
    });
    const delayed = await tasks.trigger("echo", 1, { delay: "1h" });
    const canceled = await tasks.trigger("echo", 2, { delay: "1h" });
    await runs.cancel(canceled.id);
    const ids = [
      await makeRun("echo", { deep: [1, "two", null], text: "日本" }, options),
      await makeRun("echo"),
      await makeRun("fails"),
      parentId,
      child.id,
      delayed.id,
      canceled.id,
    ];
    const got = await baton("runs", "get", ...ids, "--json");
    assert.equal(got.code, 0, got.stderr);
    const retrieved = await Promise.all(ids.map((id) => runs.retrieve(id)));
    assert.deepEqual(documentsOf(got.stdout), JSON.parse(JSON.stringify(retrieved)));
    assert.deepEqual(retrieved[4]?.relatedRuns, { root: { id: parentId }, parent: { id: parentId } });

    const [listed] = documentsOf((await baton("runs", "list", "--limit", "100", "--json")).stdout);
    const { data, pagination } = await runs.list({ limit: 100 });
    assert.ok(data.length >= ids.length);
    assert.deepEqual(listed, JSON.parse(JSON.stringify({ data, pagination })));
  });

  test("a run is named by a beginning of its id, and two runs by a longer one", async () => {
    const own = (body: string) => `run_${body}`;
    const made = ["zeta00000000", "zeta00000001", "zeta000000010", "other0000000"].map(async (body) => {
      const triggered = await baton("trigger", "echo", "--payload", "1", "--run-id", own(body), "--wait");
      assert.equal(triggered.code, 0, triggered.stderr);
    });
    await Promise.all(made);
    const idsOf = async (command: string, ...words: readonly string[]) => {
      const { code, stderr, stdout } = await baton("runs", command, ...words, "--json");
      assert.equal(code, 0, stderr);
      return (documentsOf(stdout) as { id: string }[]).map(({ id }) => id);
    };
    const [logs, replay, watched, got] = await Promise.all([
      baton("runs", "logs", "oth"),
      baton("runs", "replay", "oth"),
      idsOf("watch", "oth"),
      // A complete id names its run, although another id begins with it.
      idsOf("get", "run_o", "oth", "run_other0000000", "zeta00000001", "zeta000000010"),
    ]);
    assert.deepEqual([logs.code, logs.stderr], [0, "Nothing was printed.\n"]);
    assert.match(replay.stdout, / replays run_other0000000\n$/);
    assert.deepEqual(watched, ["run_other0000000"]);
    const bodies = ["other0000000", "other0000000", "other0000000", "zeta00000001", "zeta000000010"];
    assert.deepEqual(got, bodies.map(own));

    const ambiguous = await baton("runs", "get", "zet");
    assert.equal(ambiguous.code, 2);
    const [first, ...candidates] = ambiguous.stderr.trimEnd().split("\n");
    assert.match(first ?? "", /ids of 3 runs begin with "run_zet".*\[RUN_ID_AMBIGUOUS\]$/);
    assert.deepEqual(
      candidates.map((line) =>
        line
          .trim()
          .split(/\s{2,}/)
          .slice(0, 3),
      ),
      ["zeta00000000", "zeta00000001", "zeta000000010"].map((body) => [own(body), "echo", "COMPLETED"]),
    );
    const unknown = await baton("runs", "cancel", "nobody", "run_", "", "no-id", "run_zeta00000002");
    assert.deepEqual([unknown.code, unknown.stdout], [2, ""]);
    assert.equal(unknown.stderr.match(/^error: No run has the id .*\[RUN_NOT_FOUND\]$/gm)?.length, 5);
  });

  test("get, cancel and replay do each run, show each outcome, and fail when one of them did", async () => {
    const delayed = await tasks.trigger("echo", "later", { delay: "1h" });
    const ended = await makeRun("echo", "ended");
    const words = [delayed.id, "nobody", ended];

    const canceled = await baton("runs", "cancel", ...words);
    assert.equal(canceled.code, 2);
    assert.equal(canceled.stdout, `${delayed.id}  canceled\n${ended}  had ended before: COMPLETED\n`);
    assert.match(canceled.stderr, /^error: .*"nobody".* \[RUN_NOT_FOUND\]\n$/);
    assert.equal((await runs.retrieve(delayed.id)).status, "CANCELED");

    const again = await baton("runs", "cancel", ...words, "--json");
    assert.equal(again.code, 2);
    const [one, two, three] = documentsOf(again.stdout) as { id: string; status?: string; error?: { code: string } }[];
    assert.deepEqual(one, { id: delayed.id, status: "CANCELED" });
    assert.deepEqual([two?.id, two?.error?.code], ["nobody", "RUN_NOT_FOUND"]);
    assert.deepEqual(three, { id: ended, status: "COMPLETED" });

    for (const command of ["get", "cancel", "replay", "watch", "logs"]) {
      const alone = await baton("runs", command, "nobody", "--json");
      assert.deepEqual([alone.code, alone.stderr], [2, ""], command);
      const [document] = documentsOf(alone.stdout) as { id: string; error?: { code: string } }[];
      assert.deepEqual([document?.id, document?.error?.code], ["nobody", "RUN_NOT_FOUND"], command);
    }

    const replayed = await baton("runs", "replay", ...words);
    assert.equal(replayed.code, 2);
    const rows = replayed.stdout.trimEnd().split("\n");
    assert.deepEqual(
      rows.map((row) => row.replace(/^run_\w+ /, "")),
      [` echo  QUEUED  replays ${delayed.id}`, ` echo  QUEUED  replays ${ended}`],
    );
    const copies = await Promise.all(rows.map((row) => runs.poll(row.split(" ")[0] ?? "")));
    assert.deepEqual(
      copies.map((run) => run.output),
      ["later", "ended"],
    );

    const shown = await baton("runs", "get", ...words);
    assert.equal(shown.code, 2);
    assert.deepEqual(shown.stdout.match(/^run_\w+ {2}echo {2}\w+$/gm), [
      `${delayed.id}  echo  CANCELED`,
      `${ended}  echo  COMPLETED`,
    ]);
    assert.equal((await baton("runs", "replay", ended, "--new-run-id", "run_new00000000")).code, 0);
    const tooMany = await baton("runs", "replay", ended, delayed.id, "--new-run-id", "run_new00000001");
    assert.match(tooMany.stderr, /OPTION_INVALID/);
  });

  test("a list shows what a run failed with, in one line", async () => {
    const id = await makeRun("fails");
    const { stdout } = await baton("runs", "list", "--task", "fails");
    const row = stdout.split("\n").find((line) => line.startsWith(id));
    assert.match(row ?? "", /^run_\w+ {2}fails {2}FAILED .*TypeError: as planned, in two lines$/);
  });

  test("the next page is a command to copy, with the same filters", async () => {
    const tag = "it's a $tag";
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) made.push(await makeRun("echo", count, { tags: [tag] }));
    const seen: string[] = [];
    let line = `baton runs list --tag 'it'\\''s a $tag' --task echo --limit 2 --coordinator ${cluster.address}`;
    for (let pages = 0; line !== ""; pages += 1) {
      assert.ok(pages < 3, "three pages have them all");
      const command = line.replace(/^baton/, `"${process.execPath}" "${batonCommand}"`);
      const { stderr, stdout } = await promisify(execFile)("sh", ["-c", command], {
        cwd: project.dir,
        env: serviceEnv,
      });
      seen.push(...[...stdout.matchAll(/^run_\w+/gm)].map(([id]) => id));
      line = /^Next page: (.*)$/m.exec(stderr)?.[1] ?? "";
    }
    assert.deepEqual(seen, made.toReversed());
  });

  test("Ctrl-C in trigger --wait says that the run goes on and how to follow it, and the run does", async () => {
    const path = project.path("go");
    const args = ["trigger", "patient", "--payload", JSON.stringify(path), "--wait", "--coordinator", cluster.address];
    await using waiting = new Service(args, { cwd: project.dir });
    await waiting.prints("executing");
    assert.equal(await waiting.kill("SIGINT"), 130);
    assert.equal(waiting.stdout, "");
    const [, follow = ""] = /The run goes on\. Follow it: +baton (.*)\n/.exec(waiting.stderr) ?? [];
    const id = /run_\w+/.exec(waiting.stderr)?.[0] ?? "";
    assert.equal(follow, `runs watch ${id} --coordinator ${cluster.address}`);
    assert.match(waiting.stderr, new RegExp(`Cancel it: +baton runs cancel ${id} --coordinator ${cluster.address}\n$`));
    await using left = new Service(follow.split(" "), { cwd: project.dir });
    await left.prints("executing");
    assert.equal(await left.kill("SIGINT"), 130);
    assert.match(left.stderr, /^The run goes on\. Follow it: +baton runs watch run_\w+ .*\n +Cancel it: .*\n$/);
    await using watching = new Service(follow.split(" "), { cwd: project.dir });
    await watching.prints("executing");
    await project.write("go", "");
    assert.equal(await watching.exited, 0, watching.stderr);
    assert.equal((await runs.retrieve(id)).output, "gone on");
  });

  test("CI and NO_COLOR are heeded, and FORCE_COLOR colours what goes into a pipe", async () => {
    const id = await makeRun("echo");
    const styled = async (variables: NodeJS.ProcessEnv) => {
      const { stdout } = await runBaton(["runs", "get", id], { cwd: project.dir, env: { ...env(), ...variables } });
      return stdout.includes("\u001b[32mCOMPLETED\u001b[39m");
    };
    assert.equal(await styled({ FORCE_COLOR: "1", CI: "true" }), true);
    assert.equal(await styled({ FORCE_COLOR: "0" }), false);
    assert.equal(await styled({ NO_COLOR: "1" }), false);
  });

  test("a runner says how many attempts it waits for and how long; a second signal ends it at once", async () => {
    const path = project.path("never");
    const handles = [await tasks.trigger("patient", path), await tasks.trigger("patient", path)];
    await waitUntil("both to execute", async () => {
      const states = await Promise.all(handles.map((handle) => runs.retrieve(handle.id)));
      return states.every((run) => run.status === "EXECUTING");
    });
    const [runner] = cluster.runners;
    assert.ok(runner);
    // npm forwards a Ctrl-C that the terminal has sent already; the two signals count as one.
    runner.process.kill("SIGINT");
    await sleep(20);
    runner.process.kill("SIGINT");
    await runner.prints("Draining: 2 attempts may go on for 25.0 s at most.");
    await sleep(400);
    assert.ok(runner.isRunning, "it waits for its attempts");
    assert.equal(await runner.kill("SIGINT"), 130);

    const idle = cluster.addRunner();
    await idle.prints("ready");
    // The interrupted runs start again in this runner, so their attempts end first.
    await project.write("never", "");
    const ended = await Promise.all(handles.map((handle) => runs.poll(handle.id)));
    assert.deepEqual(
      ended.map((run) => [run.status, run.attemptCount]),
      [
        ["COMPLETED", 1],
        ["COMPLETED", 1],
      ],
    );
    assert.equal(await idle.kill("SIGTERM"), 0);
    assert.match(idle.stdout, /^Stopping: no attempt is running\.$/m);
  });
});
