import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const taskFile = `import { task } from "@baton/sdk";

export const add = task({ id: "add", run: async (payload: { a: number; b: number }) => payload.a + payload.b });
`;

/** Triggers by id and by task object, over one import of the SDK. */
const body = `
async function main() {
  configure({ coordinator: process.argv[2] });
  const add = task({ id: "add", run: async ({ a, b }) => a + b });
  const handles = [await tasks.trigger("add", { a: 40, b: 2 }), await add.trigger({ a: 1, b: 2 })];
  for (const handle of handles) {
    const run = await runs.poll(handle.id);
    console.log(run.status, run.output);
  }
  await runs.retrieve("run_unknown1").catch((error) => console.log(error.code, error instanceof NotFoundError));
}

main();
`;
const names = "{ configure, NotFoundError, runs, task, tasks }";
const printed = "COMPLETED 42\nCOMPLETED 3\nRUN_NOT_FOUND true\n";
const commonJs = `const ${names} = require("@baton/sdk");\n${body}`;
const esModule = `import ${names} from "@baton/sdk/v3";\n${body}`;

const testing = `
const add = task({ id: "add", run: async ({ a, b }) => a + b });
runTask(add, { a: 1, b: 2 }).then((run) => console.log(run.status, run.output));
`;

/** What a TypeScript program does with the SDK; \`declaration\` asks that every type here can be named. */
const typedProgram = `import { ApiError, defineConfig, runs, task, tasks } from "@baton/sdk";
import { schemaTask } from "@baton/sdk/v3";
import { createTestTriggers, runTask } from "@baton/sdk/testing";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export function assertType<T extends true>(_proof?: T): void {}

export const add = task({
  id: "add",
  onSuccess: (_payload, _output) => undefined,
  run: async (payload: { a: number; b: number }, { ctx }) => payload.a + payload.b + ctx.attempt.number,
});
export const checked = schemaTask({ id: "checked", schema: (value: unknown) => Number(value), run: async (n) => n });
export const config = defineConfig({ dirs: ["jobs"], machine: "small-2x" });

export async function main() {
  const handle = await add.trigger({ a: 1, b: 2 });
  const run = await runs.poll(handle);
  if (run.isSuccess) assertType<Equal<typeof run.output, number>>();
  else assertType<Equal<typeof run.error.message, string>>();
  const byId = await tasks.trigger<typeof add>("add", { a: 1, b: 2 });
  // @ts-expect-error the payload has another type
  await add.trigger({ a: "1" });
  const triggers = createTestTriggers();
  triggers.resolve(add, 5);
  const tested = await runTask(checked, 5, { call: triggers.call });
  assertType<Equal<typeof tested.output, number | undefined>>();
  try {
    return byId.id;
  } catch (error) {
    return error instanceof ApiError ? error.code : undefined;
  }
}
`;

function npm(args: readonly string[], cwd: string): string {
  return execFileSync("npm", [...args, "--no-audit", "--no-fund", "--prefer-offline"], { cwd, encoding: "utf8" });
}

describe("the packed SDK in an empty project", () => {
  let project: Project;
  let cluster: Cluster;
  let app = "";

  before(async () => {
    project = await Project.create({ "trigger/add.ts": taskFile });
    cluster = await Cluster.start({ projectDir: project.dir });
    app = project.path("app");
    mkdirSync(app);
    const packed = npm(["pack", "--json", "-w", "@baton/sdk", "--pack-destination", app], root);
    const [tarball] = JSON.parse(packed) as { filename: string; files: { path: string }[] }[];
    assert.ok(tarball);
    assert.ok(!tarball.files.some((file) => file.path.includes(".test.")), "a test is packed");
    await project.write("app/package.json", JSON.stringify({ name: "app", private: true }));
    npm(["install", "--ignore-scripts", `./${tarball.filename}`], app);
  });

  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  async function runs(file: string, text: string): Promise<void> {
    await project.write(`app/${file}`, text);
    assert.equal(execute(app, file), printed);
  }

  function execute(cwd: string, file: string): string {
    const { stdout, stderr } = spawnSync(process.execPath, [file, cluster.address], { cwd, encoding: "utf8" });
    assert.equal(stderr, "");
    return stdout;
  }

  test("brings nothing along", () => {
    const installed = readdirSync(`${app}/node_modules`).filter((name) => !name.startsWith("."));
    assert.deepEqual([installed, readdirSync(`${app}/node_modules/@baton`)], [["@baton"], ["sdk"]]);
    assert.match(readFileSync(`${app}/node_modules/@baton/sdk/dist/bundled/LICENSES.txt`, "utf8"), /^@grpc\/grpc-js /m);
  });

  test("works in a CommonJS and in an ESM program", async () => {
    await runs("main.cjs", commonJs);
    await runs("main.mjs", esModule);
  });

  test("is one copy in a program that imports and requires it", async () => {
    const text = `import { createRequire } from "node:module";
      import { ApiError } from "@baton/sdk";
      console.log(createRequire(import.meta.url)("@baton/sdk").ApiError === ApiError);`;
    await project.write("app/both.mjs", text);
    assert.equal(execute(app, "both.mjs"), "true\n");
  });

  test("has a CommonJS build for programs that cannot require ES modules", async () => {
    await runs("built.cjs", commonJs.replace("@baton/sdk", "./node_modules/@baton/sdk/dist/cjs/index.js"));
  });

  test("tests tasks from CommonJS and from ESM", async () => {
    const programs = {
      "testing.mjs": `import { task } from "@baton/sdk"; import { runTask } from "@baton/sdk/testing"; ${testing}`,
      "testing.cjs": `const { task } = require("@baton/sdk"); const { runTask } = require("@baton/sdk/testing"); ${testing}`,
      "testing-built.cjs": `const { task } = require("./node_modules/@baton/sdk/dist/cjs/index.js");
        const { runTask } = require("./node_modules/@baton/sdk/dist/cjs/testing/index.js"); ${testing}`,
    };
    for (const [file, text] of Object.entries(programs)) {
      await project.write(`app/${file}`, text);
      assert.equal(execute(app, file), "COMPLETED 3\n", file);
    }
  });

  for (const [source, text] of [
    ["source.mjs", esModule],
    ["source.cjs", commonJs],
  ] as const) {
    for (const format of ["esm", "cjs"]) {
      test(`works in an esbuild bundle of ${source} in the format ${format}, where nothing is installed`, async () => {
        await project.write(`app/${source}`, text);
        const bundle = format === "esm" ? "bundle.mjs" : "bundle.cjs";
        mkdirSync(project.path("elsewhere"), { recursive: true });
        const options = ["--bundle", "--platform=node", "--log-level=warning", `--format=${format}`];
        const built = spawnSync(
          `${root}/node_modules/.bin/esbuild`,
          [source, ...options, `--outfile=../elsewhere/${bundle}`],
          {
            cwd: app,
            encoding: "utf8",
          },
        );
        assert.deepEqual([built.status, built.stderr], [0, ""]);
        assert.equal(execute(project.path("elsewhere"), bundle), printed);
      });
    }
  }

  describe("under TypeScript", () => {
    before(() => {
      mkdirSync(`${app}/node_modules/@types`);
      symlinkSync(`${root}/node_modules/@types/node`, `${app}/node_modules/@types/node`);
      symlinkSync(`${root}/node_modules/undici-types`, `${app}/node_modules/undici-types`);
    });

    /** Compiles the program as a CommonJS and as an ES module, and executes what came out. */
    async function compiles(compiler: string, module: string, moduleResolution: string): Promise<void> {
      const isBundler = moduleResolution === "bundler" || moduleResolution === "node10";
      const sources = isBundler ? ["typed.ts"] : ["typed.cts", "typed.mts"];
      for (const source of sources) await project.write(`app/${source}`, typedProgram);
      const compilerOptions = {
        module,
        moduleResolution,
        target: "es2022",
        lib: ["es2023", "esnext.disposable"],
        types: ["node"],
        strict: true,
        declaration: true,
        skipLibCheck: false,
        outDir: "compiled",
        rootDir: ".",
      };
      await project.write("app/tsconfig.json", JSON.stringify({ compilerOptions, files: sources }));
      const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", "."], { cwd: app, encoding: "utf8" });
      assert.equal(stdout, "");
      assert.equal(status, 0);
      if (isBundler) return;
      for (const output of ["compiled/typed.cjs", "compiled/typed.mjs"]) {
        const program = `import(${JSON.stringify(`./${output}`)}).then(({ add }) => console.log(add.id))`;
        assert.equal(execFileSync(process.execPath, ["-e", program], { cwd: app, encoding: "utf8" }), "add\n");
      }
    }

    const compiler = `${root}/node_modules/typescript/bin/tsc`;
    for (const [module, moduleResolution] of [
      ["node16", "node16"],
      ["nodenext", "nodenext"],
      ["esnext", "bundler"],
    ] as const) {
      test(`has its types with moduleResolution ${moduleResolution}`, () =>
        compiles(compiler, module, moduleResolution));
    }

    test("has its types in TypeScript 5, with node10 too", async (context) => {
      const folder = project.path("typescript5");
      mkdirSync(folder);
      await project.write("typescript5/package.json", '{ "private": true }');
      try {
        npm(["install", "--ignore-scripts", "typescript@5.9.3"], folder);
      } catch {
        context.skip("TypeScript 5 could not be installed: no registry answers");
        return;
      }
      const old = `${folder}/node_modules/typescript/bin/tsc`;
      assert.ok(existsSync(old));
      await compiles(old, "node16", "node16");
      await compiles(old, "commonjs", "node10");
    });
  });
});
