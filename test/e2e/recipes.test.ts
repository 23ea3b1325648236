import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, type RetrievedRun, runs, tasks } from "@baton/sdk";
import { transform } from "esbuild";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { findFreePort, serviceEnv } from "../support/service.ts";
import { repositoryRoot } from "../support/source-files.ts";

const run = promisify(execFile);
const page = readFileSync(join(repositoryRoot, "docs", "recipes.md"), "utf8");

/** Returns the files in a document, by the name in their first line. */
function filesOf(text: string): Readonly<Record<string, string>> {
  const blocks = [...text.matchAll(/```\w+\n(?:\/\/|#|<!--) (\S+\.\w+)(?: -->)?\n([\s\S]*?)```/g)];
  return Object.fromEntries(blocks.map(([, name, source]) => [name, source]));
}

/** Returns the command lines of the page that begin with a program's name. */
function commandsOf(program: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^${program} .*$`, "gm"))].map(([line]) => line);
}

const files = filesOf(page);
const hasPython = spawnSync("python3", ["-c", "import grpc_tools, grpc_status"]).status === 0;
const hasGrpcurl = spawnSync("grpcurl", ["-version"]).status === 0;

describe("docs/recipes.md", () => {
  let project: Project;
  let cluster: Cluster;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    const written = { ...files, "package.json": '{ "type": "module" }' };
    for (const [name, source] of Object.entries(files).filter(([path]) => /^[^/]+\.ts$/.test(path))) {
      // Node.js 20 cannot load TypeScript.
      const { code } = await transform(source, { loader: "ts", format: "esm" });
      Object.assign(written, { [name.replace(/ts$/, "js")]: code.replaceAll(/(from "\.[^"]*)\.ts"/g, '$1.js"') });
    }
    project = await Project.create(written);
    cluster = await Cluster.start({ projectDir: project.dir, store: "memory:" });
    env = { ...serviceEnv, BATON_COORDINATOR: cluster.address };
    configure({ coordinator: cluster.address });
  });

  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  /** Runs a program of the page to its end, and returns its output. */
  async function print(program: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run(program, args, { cwd: project.dir, env });
    return stdout;
  }

  test("its programs pass the compiler, and so do those of docs/sdk.md", async () => {
    const sdk = readFileSync(join(repositoryRoot, "docs", "sdk.md"), "utf8");
    const blocks = [...sdk.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, source = ""]) => source);
    assert.ok(blocks.length > 5);
    const numbered = blocks.map((source, index) => [`block-${index}.ts`, source] as const);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "es2023",
      module: "nodenext",
      types: ["node"],
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
    };
    const written = { ...files, ...filesOf(sdk), ...Object.fromEntries(numbered) };
    await using checked = await Project.create({
      ...written,
      "package.json": '{ "type": "module" }',
      "tsconfig.json": JSON.stringify({ compilerOptions }),
    });
    const tsc = join(repositoryRoot, "node_modules", ".bin", "tsc");
    const { status, stdout } = spawnSync(tsc, ["--project", checked.dir], { encoding: "utf8" });
    assert.equal(status, 0, stdout);
  });

  test("a task that is told to come back later does so when Retry-After says", async () => {
    const calls: number[] = [];
    const server = createServer((_request, response) => {
      calls.push(Date.now());
      if (calls.length === 1) response.writeHead(429, { "retry-after": "2" }).end();
      else response.end("the report");
    }).listen(0, "127.0.0.1");
    try {
      await once(server, "listening");
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const done = await runs.poll((await tasks.trigger("fetch-report", { url })).id);
      assert.equal(done.output, "the report");
      const [first = 0, second = 0] = calls;
      assert.ok(second - first >= 1_950 && second - first < 6_000, `${second - first} ms`);
    } finally {
      server.close();
    }
  });

  test("a task that is refused for good is not repeated", async () => {
    const server = createServer((_request, response) => response.writeHead(404).end()).listen(0, "127.0.0.1");
    try {
      await once(server, "listening");
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const done = await runs.poll((await tasks.trigger("fetch-report", { url })).id);
      assert.equal(done.status, "FAILED");
      assert.equal(done.attempts.length, 1);
    } finally {
      server.close();
    }
  });

  test("a parent collects the outputs of its children, and a program lists them", async () => {
    const names = ["a.jpg", "bb.jpg", "ccc.jpg"];
    const album = await runs.poll((await tasks.trigger("resize-album", { photos: names })).id);
    assert.deepEqual(album.output, { bytes: 18_000 });
    const children: string[] = [];
    for await (const { batchId = "", taskIdentifier } of await runs.list({ taskIdentifier: "resize-photo" })) {
      assert.equal(taskIdentifier, "resize-photo");
      children.push(batchId);
    }
    assert.equal(children.length, names.length);
    const printed = await print(process.execPath, "list-album.js", children[0] ?? "");
    assert.equal(printed, "resize-photo COMPLETED\n".repeat(names.length));
  });

  test("runs of one tenant never overlap, and those of another go ahead", async () => {
    const printed = await print(process.execPath, "sync-all.js");
    assert.equal(printed, "acme 0\nacme 1\nacme 2\ninitech 3\n");
    const acme: RetrievedRun[] = [];
    for await (const { id } of await runs.list({ tag: "tenant:acme" })) acme.push(await runs.retrieve(id));
    assert.equal(acme.length, 3);
    assert.equal(new Set(acme.map(({ taskIdentifier }) => taskIdentifier)).size, 1);
    const spans = acme
      .map(({ startedAt, finishedAt }) => [Number(startedAt), Number(finishedAt)] as const)
      .sort(([left], [right]) => left - right);
    for (const [index, [startedAt]] of spans.entries()) {
      const [, earlierEnd = 0] = spans[index - 1] ?? [];
      assert.ok(startedAt >= earlierEnd, JSON.stringify(spans));
    }
    const { data } = await runs.list({ tag: "tenant:initech" });
    const initech = await runs.retrieve(data[0]?.id ?? "");
    // The two tenants do not share a queue.
    assert.notEqual(initech.taskIdentifier, acme[0]?.taskIdentifier);
    const dequeuedAt = ({ timeline }: RetrievedRun) => Number(timeline.find(({ status }) => status === "DEQUEUED")?.at);
    assert.ok(dequeuedAt(initech) < Math.max(...acme.map(dequeuedAt)), "initech waited for acme");
  });

  test("a web page starts a run, follows it and cancels it, and another user cannot", async () => {
    const port = await findFreePort();
    const origin = `http://127.0.0.1:${port}`;
    const server = spawn(process.execPath, ["server.js"], {
      cwd: project.dir,
      env: { ...env, PORT: String(port) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(server.stdout, "data");
      assert.match(await (await fetch(origin)).text(), /<button id="cancel"/);
      const started = await fetch(`${origin}/exports`, { method: "POST" });
      const { id } = (await started.json()) as { id: string };
      const events = fetch(`${origin}/exports/${id}/events`).then((response) => response.text());
      await waitUntil("a run that executes", async () => (await runs.retrieve(id)).status === "EXECUTING");

      const other = await fetch(`${origin}/exports/${id}/cancel`, { method: "POST", headers: { "x-user": "eve" } });
      assert.equal(other.status, 404);
      const canceled = await fetch(`${origin}/exports/${id}/cancel`, { method: "POST" });
      assert.deepEqual(await canceled.json(), { id, status: "CANCELED" });
      assert.match(await events, /"EXECUTING"[\s\S]*"CANCELED"/);
      assert.equal((await fetch(`${origin}/exports/run_nobody00`)).status, 404);
      await waitUntil("the message of onCancel", async () => {
        for await (const { message } of runs.logs(id)) if (message === "the half-written file is deleted") return true;
        return false;
      });
    } finally {
      server.kill("SIGKILL");
      await once(server, "exit");
    }
  });

  test("a Python program triggers a run, follows it and reads why a call is refused", {
    skip: hasPython ? false : "python3 has no grpcio-tools and grpcio-status",
  }, async () => {
    await symlink(join(repositoryRoot, "proto"), project.path("proto"));
    const [generate = ""] = commandsOf("python");
    await print("sh", "-c", generate.replace(/^python /, "python3 "));
    const printed = await print("python3", "trigger.py");
    const [, expected = "nothing"] = /```text\n([\s\S]*?)```/.exec(page) ?? [];
    assert.ok(printed.endsWith(`RUN_STATUS_COMPLETED\n${expected}`), printed);
  });

  test("grpcurl lists, triggers, follows and reads without any file", {
    skip: hasGrpcurl ? false : "grpcurl is not installed",
  }, async () => {
    const commands = commandsOf("grpcurl").map((line) => line.replaceAll("127.0.0.1:4750", cluster.address));
    const answers: string[] = [];
    for (const command of commands) answers.push(await print("sh", "-c", command));
    const [list = "", describes = "", triggered = "", watched = "", , listed = "", canceled = "", health = ""] =
      answers;
    assert.match(list, /^baton\.v1\.RunService$/m);
    assert.match(describes, /string idempotency_key = 2;/);
    assert.match(triggered, /"runId": "run_beach001"/);
    assert.match(watched, /"RUN_STATUS_COMPLETED"[\s\S]*"output"|"output"[\s\S]*"RUN_STATUS_COMPLETED"/);
    assert.match(listed, /"run_beach001"/);
    assert.match(canceled, /"RUN_STATUS_COMPLETED"/);
    assert.match(health, /"SERVING"/);
  });
});
