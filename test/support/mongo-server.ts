import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { findFreePort, isListening, isOnPath } from "./service.ts";

/** Sources of the stand-in. They are not compiled, so they are beside the TypeScript sources. */
const javaFolder = fileURLToPath(new URL("../../support/mongo", import.meta.url));
/** The file that keeps Maven's answer: the jars of the stand-in. */
const classPathFile = fileURLToPath(new URL("../mongo-class-path.txt", import.meta.url));

/** Names the kind of the server at `MONGODB_URL` for processes that a test run starts. */
const kindVariable = "BATON_TEST_MONGODB_KIND";

/** The message when there is no server. */
export const howToGetAServer =
  "no MongoDB server: set MONGODB_URL to one (mongodb://127.0.0.1:27017), put mongod on the PATH, " +
  "or install Java and Maven (apt-get install default-jdk-headless maven) for the stand-in";

/** A server for tests. */
export interface MongoServer {
  /** The address. A database that it names is not used. */
  readonly url: string;
  /** The server's name and origin, for people. */
  readonly kind: string;
  /** Whether it is the stand-in, which uses an index only for queries with exactly its keys. */
  readonly isStandIn: boolean;
  stop(): Promise<void>;
}

/**
 * Finds or starts a server: the one at `MONGODB_URL`, a `mongod` on the PATH, or mongo-java-server when Java and Maven
 * are installed.
 * @returns undefined when none of them exists
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

/** Returns variables with which `findMongoServer` in another process finds this server. */
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

/** Returns the class path of the stand-in. Asks Maven once, and remembers the answer as long as the jars exist. */
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

/** Ends a child process with this one, without keeping this one alive. */
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
