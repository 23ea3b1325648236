import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";

import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";

import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { findFreePort, runBaton, Service, serviceEnv } from "../support/service.ts";

/** A text that is in every secret of this test and in nothing else. */
const mark = "pl4nted";
const secret = (): string => `${mark}-${randomBytes(8).toString("hex")}`;
const token = secret();
const timeout = 900_000;

const taskFile = `import { task } from "@baton/sdk";
export const hello = task({ id: "hello", run: async () => "hello" });
`;

const script = `import { configure, runs, tasks } from "@baton/sdk";
const config = JSON.parse(process.argv[2]);
configure({ requestOptions: { retry: { maxAttempts: 1 }, timeoutInMs: 3_000 }, ...config });
// Nobody catches what this throws, so that Node prints all of it.
await tasks.trigger("hello", {});
`;

/** A module that throws an uncaught error in the process that imports it. */
const crash = `data:text/javascript,setTimeout(()=>{throw%20new%20Error("crash")},3000)`;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Asserts that a failure has a code that the user can look up, and shows no secret. */
function assertSilent({ code, stdout, stderr }: Ended, says: string | RegExp): void {
  const printed = stdout + stderr;
  assert.ok(!printed.includes(mark), `a secret is shown:\n${printed}`);
  assert.match(printed, says instanceof RegExp ? says : new RegExp(says));
  assert.notEqual(code, 0, printed);
}

test("the token of the environment does not go to an address that a folder names", { timeout: 120_000 }, async () => {
  let connections = 0;
  const stranger = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(stranger, "listening");
  const address = `127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  await using project = await Project.create({ ".baton/address": address, "package.json": "{}" });
  const list = (env: NodeJS.ProcessEnv) => runBaton(["runs", "list"], { cwd: project.dir, env });
  chmodSync(project.path(".baton"), 0o700);
  await list({ BATON_TOKEN: token });
  assert.equal(connections, 0);
  // Without a token in the environment, the folder is used.
  await list({ BATON_TOKEN: "" });
  assert.notEqual(connections, 0);
  // The folder is refused when other users can write it.
  const before = connections;
  chmodSync(project.path(".baton"), 0o777);
  const refused = await list({ BATON_TOKEN: "" });
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /TOKEN_FILE_UNSAFE/);
  assert.equal(connections, before);
  stranger.close();
});

describe("no failure shows a token", { timeout }, () => {
  let project: Project;
  let cluster: Cluster;
  let closed: string;

  before(async () => {
    project = await Project.create({
      "trigger/hello.ts": taskFile,
      "package.json": '{ "type": "module" }',
      "script.js": script,
      "tokens/good": `${token}\n`,
      "tokens/wrong": secret(),
      "tokens/lines": `${secret()}\n${secret()}\n`,
      "tokens/letters": `${secret()}-é`,
      "tokens/open": secret(),
      "tokens/long": secret().repeat(1_000),
    });
    chmodSync(project.path("tokens/open"), 0o666);
    const tokenFile = ["--token-file", project.path("tokens/good")];
    cluster = await Cluster.start({
      projectDir: project.dir,
      coordinatorArgs: tokenFile,
      runnerArgs: tokenFile,
      token,
    });
    closed = `127.0.0.1:${await findFreePort()}`;
  });

  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const baton = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    runBaton(args, { cwd: project.dir, env });

  const commands: readonly (readonly string[])[] = [
    ["trigger", "hello"],
    ["runs", "list"],
    ["runs", "get", "run_x"],
    ["runs", "cancel", "run_x"],
    ["runs", "replay", "run_x"],
    ["runs", "watch", "run_x"],
    ["runs", "logs", "run_x"],
    ["tasks", "list"],
  ];

  const files: readonly (readonly [name: string, code: string])[] = [
    ["lines", "TOKEN_INVALID"],
    ["letters", "TOKEN_INVALID"],
    ["long", "TOKEN_INVALID"],
    ["open", "TOKEN_FILE_UNSAFE"],
    [".", "TOKEN_FILE_UNREADABLE"],
  ];

  for (const command of commands) {
    test(`baton ${command.slice(0, 2).join(" ")}`, async () => {
      const to = (address: string) => [...command, "--coordinator", address];
      assertSilent(await baton(to(cluster.address), { BATON_TOKEN: secret() }), "TOKEN_WRONG");
      // Failures before a call is sent, and their messages, are the same for all commands.
      if (command[0] !== "trigger") return;
      assertSilent(await baton(to(closed), { BATON_TOKEN: token }), "COORDINATOR_UNREACHABLE");
    });
  }

  // All commands read tokens and addresses with the same code, so one command is enough here.

  test("tokens and addresses of every wrong kind, and flags that do not exist", async () => {
    const list = ["runs", "list"];
    for (const BATON_TOKEN of [`${secret()}\r`.repeat(2), `${secret()}é`, `${secret()}\u001b`]) {
      assertSilent(await baton(list, { BATON_TOKEN, BATON_COORDINATOR: cluster.address }), "TOKEN_INVALID");
    }
    for (const BATON_COORDINATOR of [`https://ada:${secret()}@localhost:1`, `${secret()}@localhost:1`]) {
      assertSilent(await baton(list, { BATON_TOKEN: token, BATON_COORDINATOR }), "OPTION_INVALID");
    }
    const address = `https://ada:${secret()}@localhost:4750`;
    assertSilent(await baton([...list, "--coordinator", address], { BATON_TOKEN: token }), "OPTION_INVALID");
    for (const flag of [`--token=${secret()}`, `--tokn-file=${secret()}'\n${secret()}`]) {
      assertSilent(await baton([...list, flag]), "unknown option");
    }
  });

  for (const [name, code] of files) {
    test(`the token file ${name}`, async () => {
      const tokenFile = project.path("tokens", name);
      const env = { BATON_TOKEN_FILE: tokenFile };
      assertSilent(await baton(["runs", "list", "--coordinator", cluster.address], env), code);
      if (name !== "lines" && name !== "open") return;
      assertSilent(await baton(["runs", "list", "--coordinator", cluster.address, "--token-file", tokenFile]), code);
      assertSilent(await baton(["coordinator", "--store", "memory:", "--listen", "127.0.0.1:0"], env), code);
      assertSilent(await baton(["runner", "--coordinator", cluster.address], env), code);
      assertSilent(await useSdk({ coordinator: cluster.address, tokenFile }), code);
    });
  }

  test("a call that is refused", async () => {
    const to = ["--coordinator", cluster.address];
    const env = { BATON_TOKEN: token };
    assertSilent(await baton(["runs", "get", "run_x", ...to], env), "RUN_NOT_FOUND");
    assertSilent(await baton(["trigger", "hello", "--payload", "{", ...to], env), "PAYLOAD_NOT_JSON");
    assertSilent(await baton(["trigger", "hello", "--machine", "huge", ...to], env), "MACHINE_UNKNOWN");
    assertSilent(await baton(["runs", "list", "--page", "x", ...to], env), "PAGE_TOKEN_INVALID");
  });

  test("baton runner", async () => {
    const run = (tokenName: string, address: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
      baton(["runner", "--coordinator", address, "--token-file", project.path("tokens", tokenName)], env);
    assertSilent(await run("wrong", cluster.address), "TOKEN_WRONG");
    assertSilent(await run("good", cluster.address, { BATON_TOKEN: secret() }), "CREDENTIAL_IN_ENVIRONMENT");
    assertSilent(await run("good", `https://ada:${secret()}@localhost:1`), "OPTION_INVALID");
    assertSilent(await run("good", cluster.address, { BATON_CPU: secret() }), "CONFIG_INVALID");
    const crashed = await run("good", cluster.address, { NODE_OPTIONS: `--import ${crash}` });
    assertSilent(crashed, "Error: crash");
    await using waiting = new Service(
      ["runner", "--coordinator", closed, "--token-file", project.path("tokens/good"), "--log-level", "trace"],
      { cwd: project.dir },
    );
    await waiting.prints("ECONNREFUSED");
    await waiting.kill("SIGKILL");
    assertSilent({ code: null, stdout: waiting.stdout, stderr: waiting.stderr }, "ECONNREFUSED");
  });

  test("baton coordinator", async () => {
    const start = (env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ended> =>
      baton(["coordinator", "--store", "memory:", "--listen", "127.0.0.1:0", "--log-level", "trace", ...args], {
        BATON_TOKEN: token,
        ...env,
      });
    assertSilent(await start({ BATON_TOKEN: `${token}\n${token}` }), "TOKEN_INVALID");
    assertSilent(await start({ BATON_TOKEN: `${token}é` }), "TOKEN_INVALID");
    assertSilent(await start({}, "--listen", cluster.address), "PORT_IN_USE");
    assertSilent(await start({}, "--listen", `https://ada:${secret()}@x`), "CONFIG_INVALID");
    assertSilent(await start({}, "--listen", `ada:${secret()}@localhost:1`), /PORT_IN_USE|CONFIG_INVALID/);
    assertSilent(await start({ BATON_LEASE_MS: "x" }), "CONFIG_INVALID");
    assertSilent(await start({ NODE_OPTIONS: `--import ${crash}` }), "Error: crash");
    for (const store of badStores()) assertSilent(await start({}, "--store", store), /CONFIG_INVALID|STORE_UN/);
  });

  test("baton dev, export and import", async () => {
    assertSilent(await baton(["dev", "--listen", "127.0.0.1:0"], { BATON_TOKEN: token }), "CREDENTIAL_IN_ENVIRONMENT");
    await mkdir(project.path(".baton"), { recursive: true });
    await project.write(".baton/token", `${secret()}\n${secret()}\n`);
    chmodSync(project.path(".baton/token"), 0o600);
    assertSilent(await baton(["dev", "--listen", "127.0.0.1:0"]), "TOKEN_INVALID");
    // These commands open a store like the coordinator, which is tested with every kind of address above.
    const [unreachable, , , , unknown] = badStores();
    for (const store of [unreachable, unknown]) {
      assert.ok(store);
      assertSilent(await baton(["export", "--store", store]), /STORE_UN/);
      assertSilent(await baton(["import", "--store", store]), /STORE_UN|IMPORT_/);
    }
  });

  test("an application with the SDK", async () => {
    const { address } = cluster;
    for (const bad of [`${secret()}\n${secret()}`, `${secret()}é`, `${secret()}\0`]) {
      assertSilent(await useSdk({ coordinator: address, token: bad }), "TOKEN_INVALID");
      if (!bad.includes("\0")) {
        assertSilent(await useSdk({ coordinator: address }, { BATON_TOKEN: bad }), "TOKEN_INVALID");
      }
    }
    assertSilent(await useSdk({ coordinator: address, token: secret() }), "TOKEN_WRONG");
    assertSilent(await useSdk({ coordinator: closed, token }), "COORDINATOR_UNREACHABLE");
    assertSilent(
      await useSdk({ coordinator: `https://ada:${secret()}@localhost:1`, token }),
      /OPTION_INVALID|UNREACHABLE/,
    );
    assertSilent(await useSdk({ coordinator: address, token, more: secret() }), "OPTION_INVALID");
  });

  function useSdk(config: object, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return execute([project.path("script.js"), JSON.stringify(config)], project.dir, env);
  }
});

function badStores(): readonly string[] {
  return [
    `mongodb://ada:${secret()}@127.0.0.1:1/baton?serverSelectionTimeoutMS=200`,
    `mongodb://ada:${secret()}@:bad:port/baton`,
    `mongodb://ada:${secret()}/x@127.0.0.1:1/baton`,
    `mongodb://127.0.0.1:1/baton?serverSelectionTimeoutMS=200&authMechanismProperties=TOKEN:${secret()}`,
    `postgres://ada:${secret()}@127.0.0.1/baton`,
    `mongo://ada:${secret()}@127.0.0.1/baton`,
  ];
}

async function execute(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...serviceEnv, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, stdout, stderr };
}
