import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildVersion } from "@baton/runner";
import type { Evaluation } from "./evaluation.ts";
import type { ModuleProject } from "./module-project.ts";
import { projects } from "./projects/index.ts";

const run = promisify(execFile);
const workspaceModules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const compilerOptions = {
  target: "es2022",
  module: "nodenext",
  rewriteRelativeImportExtensions: true,
  resolveJsonModule: true,
  allowJs: true,
  esModuleInterop: true,
  noCheck: true,
  skipLibCheck: true,
  types: [],
  rootDir: ".",
  outDir: "out",
};

/** One project on disk. */
interface Laid {
  readonly project: ModuleProject;
  readonly dir: string;
  /** What Node.js evaluates. */
  readonly plainDir: string;
  readonly entry: string;
}

function isTypeScript({ files }: ModuleProject): boolean {
  return Object.keys(files).some((file) => /\.[mc]?tsx?$/.test(file));
}

async function layOut(root: string, index: number, project: ModuleProject): Promise<Laid> {
  const dir = join(root, String(index));
  const { files, links = {}, plain } = project;
  const isCompiled = isTypeScript(project) && plain === undefined;
  const settings = isTypeScript(project)
    ? { "tsconfig.json": JSON.stringify({ compilerOptions: { ...compilerOptions, ...project.compilerOptions } }) }
    : {};
  await write(dir, { ...settings, ...files }, links);
  const plainDir = plain === undefined ? dir : join(root, `${index}-plain`);
  if (plain !== undefined) await write(plainDir, { ...files, ...plain }, links);
  const entry = project.entry ?? Object.keys(files).find((file) => /^trigger\/main\.\w+$/.test(file)) ?? "";
  const compiled = entry.replace(/\.([mc]?)tsx?$/, ".$1js");
  return { project, dir, plainDir, entry: join(plainDir, isCompiled ? join("out", compiled) : compiled) };
}

async function write(
  dir: string,
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  for (const [path, target] of Object.entries({ "node_modules/@baton/sdk": "npm:@baton/sdk", ...links })) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await symlink(
      target.startsWith("npm:") ? join(workspaceModules, target.slice(4)) : join(dir, target),
      join(dir, path),
    );
  }
}

async function resultOf(script: string, argument: string, dir: string): Promise<Evaluation> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await run(process.execPath, [file, argument], { cwd: dir });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Evaluation;
}

/** An error is told with paths and stacks that differ; its kind must not. */
function comparable({ trace, value, error }: Evaluation, laid: Laid): unknown {
  const text = JSON.stringify({ trace, value, error: error && { name: error.name, code: error.code } });
  return JSON.parse(text.replaceAll(`${laid.plainDir}/out/`, `${laid.dir}/`).replaceAll(laid.plainDir, laid.dir));
}

describe(`modules behave as in Node.js ${process.version}`, () => {
  let root: string;
  const laid: Laid[] = [];

  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "baton-modules-")));
    for (const [index, project] of projects.entries()) laid.push(await layOut(root, index, project));
    const compiled = laid.filter(({ project }) => isTypeScript(project) && project.plain === undefined);
    const compiler = join(workspaceModules, ".bin", "tsc");
    // One at a time, because several compilers would only share the cores.
    for (const { dir } of compiled)
      await run(compiler, ["--project", dir]).catch((error: { stdout?: string }) => {
        throw new Error(`${dir} does not compile.\n${error.stdout}`);
      });
  });
  after(() => rm(root, { recursive: true, force: true }));

  for (const [index, { name }] of projects.entries()) {
    test(name, async () => {
      const one = laid[index];
      assert.ok(one);
      const byNode = await resultOf("./evaluate-with-node.js", one.entry, one.plainDir);
      const built = await buildVersion({ projectDir: one.dir, environment: "PRODUCTION" });
      const byBaton = await resultOf("./evaluate-with-baton.js", built.dir, one.dir);
      assert.deepEqual(comparable(byBaton, one), comparable(byNode, one), JSON.stringify({ byBaton, byNode }, null, 1));
      assert.ok("value" in byNode || byNode.error !== undefined, "the project says something");
    });
  }
});
