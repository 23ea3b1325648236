import { execFile } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ModuleProject } from "./module-project.ts";

const run = promisify(execFile);
const workspaceModules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const sourceEnding = /(?<!\.d)\.(?:[mc]?[jt]s|[jt]sx)$/;
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

/** Replaces the SDK, whose modules would take most of the time. It only makes task objects. */
const sdk = {
  "package.json": `{ "name": "@baton/sdk", "exports": { "import": "./index.mjs", "require": "./index.cjs" } }`,
  "index.mjs": `export { task } from "./index.cjs";\n`,
  "index.cjs": `exports.task = ({ id, run, ...options }) => {
  const made = { [Symbol.for("baton.task.v1")]: { id, run, options } };
  globalThis[Symbol.for("baton.runtime.v1")]?.taskDefined(made);
  return made;
};
`,
};

/** One project on disk. */
export interface ProjectOnDisk {
  /** The project's folder, which Baton builds. */
  readonly dir: string;
  /** The folder for Node.js: the same one, or another one for a project with handwritten plain files. */
  readonly plainDir: string;
  /** The file that Node.js imports. */
  readonly entry: string;
  readonly isCompiledByTsc: boolean;
}

/** Writes a project, and its plain form, below a folder. */
export async function layOut(root: string, name: string, project: ModuleProject): Promise<ProjectOnDisk> {
  const dir = join(root, name);
  const { files, links = {}, plain } = project;
  const isTypeScript = Object.keys(files).some((file) => /\.[mc]?tsx?$/.test(file));
  const isCompiledByTsc = isTypeScript && plain === undefined;
  const settings = { compilerOptions: { ...compilerOptions, ...project.compilerOptions } };
  const hasSettings = project.compilerOptions !== undefined || isCompiledByTsc;
  const allLinks = { "node_modules/@baton/sdk": "../sdk", ...links };
  await write(dir, { ...(hasSettings ? { "tsconfig.json": JSON.stringify(settings) } : {}), ...files }, allLinks);
  const plainDir = plain === undefined ? dir : join(root, `${name} plain`);
  if (plain !== undefined) await write(plainDir, { ...files, ...plain }, allLinks);
  if (isCompiledByTsc) await write(join(dir, "out"), dataFiles(files), {});
  const entry = project.entry ?? Object.keys(files).find((file) => /^trigger\/main\.\w+$/.test(file)) ?? "";
  const compiled = entry.replace(/\.([mc]?)[jt]sx?$/, ".$1js");
  return { dir, plainDir, entry: join(plainDir, isCompiledByTsc ? join("out", compiled) : compiled), isCompiledByTsc };
}

/** Writes files that the projects below a folder share. */
export async function layOutShared(root: string): Promise<void> {
  await write(join(root, "sdk"), sdk, {});
}

/** Compiles projects with `tsc`, all in one process. */
export async function compile(projects: readonly ProjectOnDisk[]): Promise<void> {
  const dirs = projects.filter(({ isCompiledByTsc }) => isCompiledByTsc).map(({ dir }) => dir);
  await run(join(workspaceModules, ".bin", "tsc"), ["--build", ...dirs]).catch((error: { stdout?: string }) => {
    throw new Error(`tsc cannot compile the projects.\n${error.stdout}`);
  });
}

/** Returns files that `tsc` does not compile and that a program finds beside its compiled files. */
function dataFiles(files: Readonly<Record<string, string | Uint8Array>>): Record<string, string | Uint8Array> {
  const isData = (file: string) => !sourceEnding.test(file) && !/(?:^|\/)(?:node_modules|package\.json)/.test(file);
  return Object.fromEntries(Object.entries(files).filter(([file]) => isData(file)));
}

async function write(
  dir: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  links: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await symlink(join(dir, target), join(dir, path));
  }
}
