import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { findFreePort } from "./service.ts";

/** Sources of the stand-in; not compiled, so they are looked for beside the TypeScript ones. */
const javaFolder = fileURLToPath(new URL("../../support/mongo", import.meta.url));
/** Where Maven's answer is kept: the jars of the stand-in. */
const classPathFile = fileURLToPath(new URL("../mongo-class-path.txt", import.meta.url));

/** Says, to the processes that a test run starts, which server `MONGODB_URL` is. */
const kindVariable = "BATON_TEST_MONGODB_KIND";

/** What is told when there is no server. */
export const howToGetAServer =
  "no MongoDB server: set MONGODB_URL to one (mongodb://127.0.0.1:27017), put mongod on the PATH, " +
  "or install Java and Maven (apt-get install default-jdk-headless maven) for the stand-in";

/** A server for tests. */
export interface MongoServer {
  /** Hosts and options; the database that it may name is not used. */
  readonly url: string;
  /** What it is, for people: its name and where it came from. */
  readonly kind: string;
  /** Is it the stand-in, which finds by an index only what is asked with exactly its keys? */
  readonly isStandIn: boolean;
  stop(): Promise<void>;
}

/**
 * Finds a server, or starts one: `MONGODB_URL`, a `mongod` on the PATH, or mongo-java-server when Java and Maven are there.
 * @returns undefined when there is none of them
 */
export async function findMongoServer(): Promise<MongoServer | undefined> {
  const { MONGODB_URL: url } = process.env;
  if (url !== undefined && url !== "") {
    const kind = process.env[kindVariable] ?? "the server that MONGODB_URL names";
    return { url, kind, isStandIn: kind.startsWith("mongo-java-server"), stop: async () => undefined };
  }
  if (isOnPath("mongod")) return await startMongod();
  if (isOnPath("java") && isOnPath("mvn")) return await startStandIn();
  return undefined;
}

/** Variables that make `findMongoServer` in another process find this server. */
export function environmentFor(server: MongoServer): NodeJS.ProcessEnv {
  return { MONGODB_URL: server.url, [kindVariable]: server.kind };
}

async function startMongod(): Promise<MongoServer> {
  const folder = mkdtempSync(join(tmpdir(), "baton-mongod-"));
  const port = await findFreePort();
  const args = ["--dbpath", folder, "--port", String(port), "--bind_ip", "127.0.0.1", "--quiet"];
  const server = spawn("mongod", args, { stdio: ["ignore", "ignore", "inherit"] });
  stopWithUs(server);
  await waitUntil("mongod to listen", () => isListening(port), 60_000);
  const version = execFileSync("mongod", ["--version"], { encoding: "utf8" }).split("\n")[0] ?? "mongod";
  return {
    url: `mongodb://127.0.0.1:${port}`,
    kind: `mongod (${version})`,
    isStandIn: false,
    stop: async () => {
      await end(server, () => server.kill("SIGTERM"));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startStandIn(): Promise<MongoServer> {
  const server = spawn("java", ["-cp", classPath(), "-Xmx6g", join(javaFolder, "MongoServerMain.java")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  stopWithUs(server);
  let printed = "";
  server.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  await waitUntil("the stand-in for MongoDB to listen", () => {
    if (server.exitCode !== null) throw new Error(`The stand-in ended with ${server.exitCode}.`);
    return printed.includes("listening");
  });
  const port = /listening on (\d+)/.exec(printed)?.[1];
  return {
    url: `mongodb://127.0.0.1:${port}`,
    kind: "mongo-java-server 1.47.0 (in memory, in place of MongoDB)",
    isStandIn: true,
    stop: () => end(server, () => server.stdin?.end()),
  };
}

/** Asks Maven once for the jars, and remembers the answer as long as they are there. */
function classPath(): string {
  if (existsSync(classPathFile)) {
    const remembered = readFileSync(classPathFile, "utf8").trim();
    if (remembered.split(":").every((jar) => existsSync(jar))) return remembered;
  }
  mkdirSync(join(classPathFile, ".."), { recursive: true });
  const args = ["-q", "-B", "-f", join(javaFolder, "pom.xml"), "dependency:build-classpath"];
  const { status, stdout, stderr } = spawnSync("mvn", [...args, `-Dmdep.outputFile=${classPathFile}`], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`Maven did not get the stand-in for MongoDB:\n${stdout}${stderr}`);
  return readFileSync(classPathFile, "utf8").trim();
}

/** A process that we do not wait for, and that does not outlive us. */
function stopWithUs(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as { unref?: () => void } | null)?.unref?.();
  process.once("exit", () => child.kill("SIGKILL"));
}

async function end(child: ChildProcess, ask: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.ref();
  ask();
  await exited;
}

function isOnPath(command: string): boolean {
  const { error, status } = spawnSync(command, ["--version"], { stdio: "ignore" });
  return error === undefined && status === 0;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
