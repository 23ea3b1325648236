import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { CommandContext } from "../command-context.ts";
import { createProgram } from "../program.ts";
import { Output } from "../show/output.ts";

const root = mkdtempSync(join(tmpdir(), "baton-init-"));
after(() => rmSync(root, { recursive: true }));

async function runInit(dir: string): Promise<string> {
  let printed = "";
  const stream = {
    write: (text: string) => {
      printed += text;
    },
  };
  const context: CommandContext = {
    output: new Output(stream, stream, {}),
    env: {},
    cwd: root,
    readStdin: () => Promise.resolve(""),
    openStdin: () => Readable.from([]),
    openStdout: () => ({ stream: new PassThrough(), isPipe: false }),
    finish: () => assert.fail("init succeeds"),
    onStopSignal: () => () => {},
    serviceOutput: () => new Output(stream, stream, {}),
  };
  await (await createProgram(context)).parseAsync(["init", dir], { from: "user" });
  return printed;
}

/** Creates a folder with files. Returns a function that reads one of them. */
function makeFolder(name: string, files: Readonly<Record<string, string>>): (path: string) => string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), text);
  }
  return (path) => readFileSync(join(root, name, path), "utf8");
}

interface Manifest {
  readonly name?: string;
  readonly type?: string;
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

function manifestOf(text: string): Manifest {
  return JSON.parse(text) as Manifest;
}

const filesOfModule = [
  ".gitignore",
  "app.ts",
  "baton.config.ts",
  "package.json",
  "test/hello-world.test.ts",
  "trigger/hello-world.ts",
  "tsconfig.json",
];

function filesIn(name: string): readonly string[] {
  const entries = readdirSync(join(root, name), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.map((path) => path.slice(join(root, name).length + 1)).sort();
}

describe("baton init", () => {
  test("makes a project in a new folder, and says what to type next", async () => {
    const printed = await runInit("new");
    assert.deepEqual(filesIn("new"), filesOfModule);
    const read = makeFolder("new", {});
    const { devDependencies, name, scripts, type } = manifestOf(read("package.json"));
    assert.deepEqual([name, type], ["new", "module"]);
    assert.deepEqual(Object.keys(scripts), ["dev", "test", "typecheck"]);
    assert.deepEqual(Object.keys(devDependencies), ["@baton/cli", "@types/node", "tsx", "typescript"]);
    assert.match(read("baton.config.ts"), /project: "new"/);
    assert.equal(read(".gitignore"), "node_modules/\n.baton/\n.env*.local\n");
    const steps = printed.slice(printed.indexOf("Next:")).trimEnd().split("\n").slice(1);
    assert.deepEqual(
      steps.map((line) =>
        line
          .trim()
          .split(/ {2,}/)[0]
          ?.replace(/^(node|npx tsx) app/, "<run> app"),
      ),
      ["cd new", "npm install", "npx baton dev", "<run> app.ts", "npm test", "npm run typecheck"],
    );
  });

  test("changes nothing the second time", async () => {
    const before = filesIn("new").map((path) => readFileSync(join(root, "new", path), "utf8"));
    const printed = await runInit("new");
    assert.doesNotMatch(printed, /^(made|changed)/m);
    assert.deepEqual(filesIn("new"), filesOfModule);
    assert.deepEqual(
      filesIn("new").map((path) => readFileSync(join(root, "new", path), "utf8")),
      before,
    );
  });

  test("names the packages of a checkout by a path from the project, which a clone beside it shares", async () => {
    await runInit("deep/down/here");
    const { dependencies, devDependencies } = manifestOf(makeFolder("deep/down/here", {})("package.json"));
    const packages = { sdk: dependencies["@baton/sdk"], cli: devDependencies["@baton/cli"] };
    for (const [name, spec = ""] of Object.entries(packages)) {
      const path = spec.replace(/^file:/, "");
      assert.ok(spec.startsWith("file:") && !isAbsolute(path), spec);
      const expected = fileURLToPath(new URL(`../../../${name}`, import.meta.url));
      assert.equal(resolve(root, "deep/down/here", path), expected);
    }
  });

  test("adds what is missing to a folder with files, and overwrites nothing", async () => {
    const files = {
      "package.json": `{\n\t"name": "mine",\n\t"type": "module",\n\t"scripts": { "dev": "vite", "test": "vitest" },\n\t"devDependencies": { "typescript": "5.9.3" }\n}\n`,
      "tsconfig.json": '{ "extends": "./other.json" }\n',
      "app.ts": "export const app = 1;\n",
      ".gitignore": "dist\n/node_modules",
      "trigger/other.ts": "export {};\n",
    };
    const read = makeFolder("old", files);
    const printed = await runInit("old");
    for (const path of ["tsconfig.json", "app.ts", "trigger/other.ts"] as const) assert.equal(read(path), files[path]);
    const { devDependencies, name, scripts } = manifestOf(read("package.json"));
    assert.deepEqual([name, scripts], ["mine", { dev: "vite", test: "vitest", typecheck: "tsc --noEmit" }]);
    assert.equal(devDependencies.typescript, "5.9.3");
    assert.match(read("package.json"), /^\t"name"/m);
    assert.equal(read(".gitignore"), "dist\n/node_modules\n.baton/\n.env*.local\n");
    // The project's compiler settings may not allow imports of names that end in .ts.
    assert.match(read("test/hello-world.test.ts"), /from "\.\.\/trigger\/hello-world\.js"/);
    // The project's own program and test script are not mentioned.
    assert.doesNotMatch(printed.slice(printed.indexOf("Next:")), /app\.ts|npm test/);
  });

  test("takes the place of the test script that npm init leaves, and gives a CommonJS project files that say ESM", async () => {
    mkdirSync(join(root, "commonjs"));
    execFileSync("npm", ["init", "--yes"], { cwd: join(root, "commonjs") });
    const read = makeFolder("commonjs", {});
    assert.match(manifestOf(read("package.json")).scripts.test ?? "", /no test specified/);
    const printed = await runInit("commonjs");
    assert.match(manifestOf(read("package.json")).scripts.test ?? "", /--test test\/\*\.test\.mts$/);
    assert.match(printed, / app\.mts /);
    for (const path of ["app.mts", "test/hello-world.test.mts", "trigger/hello-world.ts"]) read(path);
    assert.ok(!existsSync(join(root, "commonjs", "app.ts")));
    assert.doesNotMatch(read("tsconfig.json"), /verbatimModuleSyntax/);
  });

  test("makes no sample in a project that has a config", async () => {
    const read = makeFolder("configured", { "trigger.config.ts": "export default {};\n", "package.json": "{}" });
    const printed = await runInit("configured");
    assert.deepEqual(filesIn("configured"), [".gitignore", "package.json", "trigger.config.ts", "tsconfig.json"]);
    assert.equal(read("trigger.config.ts"), "export default {};\n");
    assert.match(printed, /npx baton tasks list/);
  });

  test("reads a manifest that begins with a byte order mark", async () => {
    const read = makeFolder("marked", { "package.json": '\uFEFF{ "name": "marked" }' });
    await runInit("marked");
    assert.equal(manifestOf(read("package.json")).name, "marked");
  });

  test("makes a package name of any folder name", async () => {
    for (const [folder, name] of [
      ["My Tasks!", "my-tasks"],
      ["_under", "under"],
      ["日本", "tasks"],
    ] as const) {
      await runInit(folder);
      assert.equal(manifestOf(makeFolder(folder, {})("package.json")).name, name);
    }
  });

  test("refuses a file in the place of the folder", async () => {
    writeFileSync(join(root, "taken"), "");
    await assert.rejects(runInit("taken"), { code: "PROJECT_UNREADABLE" });
  });

  test("refuses a manifest that is not JSON", async () => {
    makeFolder("broken", { "package.json": "{" });
    await assert.rejects(runInit("broken"), { code: "PROJECT_UNREADABLE" });
    assert.deepEqual(filesIn("broken"), ["package.json"]);
  });
});
