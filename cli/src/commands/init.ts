import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { withoutByteOrderMark } from "@baton/proto/byte-order-mark";
import { Command } from "commander";
import { requireFolder } from "../client/project-folder.ts";
import type { CommandContext } from "../command-context.ts";
import { examplesText } from "../show/examples-text.ts";
import { CliError } from "../show/failure.ts";
import {
  appFile,
  configTemplate,
  type ManifestParts,
  manifestParts,
  type ProjectShape,
  packageName,
  sampleFiles,
  tsconfigTemplate,
} from "./init-templates.ts";

/** `baton init [dir]` */
export function initCommand(context: CommandContext): Command {
  return new Command("init")
    .description(
      "Makes a project in a new folder, or adds what is missing to one: package.json, tsconfig.json, a config, a task, a program that triggers it, a test. Nothing is overwritten.",
    )
    .argument("[dir]", "the project's folder; made when it is missing", ".")
    .addHelpText("after", examplesText("baton init my-tasks", "baton init", "npx @baton/cli init my-tasks"))
    .action((dir: string) => {
      const root = resolve(context.cwd, dir);
      const { output } = context;
      if (!existsSync(root)) mkdirSync(root, { recursive: true });
      requireFolder(root);
      const project = new InitializedProject(root, (path, outcome) =>
        output.print(`${outcome.padEnd(7)}  ${relative(context.cwd, path) || "."}`),
      );
      const { isNew, manifest, shape } = project.addToManifest();
      project.addFile("tsconfig.json", tsconfigTemplate(shape));
      const hasConfig = ["trigger.config.ts", "baton.config.ts"].some((name) => existsSync(join(root, name)));
      if (!hasConfig) {
        project.addFile("baton.config.ts", configTemplate(basename(root)));
        for (const [path, text] of Object.entries(sampleFiles(shape))) project.addFile(path, text);
      }
      project.addToGitignore();
      output.note(nextSteps(context.cwd, shape, manifest, isNew));
    });
}

interface Manifest {
  type?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** Adds missing files to a folder and reports each file once. */
class InitializedProject {
  readonly #root: string;
  readonly #report: (path: string, outcome: "made" | "changed" | "kept") => void;

  constructor(root: string, report: (path: string, outcome: "made" | "changed" | "kept") => void) {
    this.#root = root;
    this.#report = report;
  }

  /** Makes a file unless it exists. */
  addFile(name: string, text: string): void {
    const path = join(this.#root, name);
    if (existsSync(path)) {
      this.#report(path, "kept");
      return;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    this.#report(path, "made");
  }

  /**
   * Makes `package.json`, or adds the scripts and packages that it lacks.
   *
   * @throws CliError `PROJECT_UNREADABLE` when it is not JSON
   */
  addToManifest(): { readonly isNew: boolean; readonly manifest: Manifest; readonly shape: ProjectShape } {
    const path = join(this.#root, "package.json");
    const isNew = !existsSync(path);
    const text = isNew
      ? JSON.stringify({ name: packageName(basename(this.#root)), private: true, type: "module" })
      : readFileSync(path, "utf8");
    const manifest = parseManifest(path, text);
    const before = JSON.stringify(manifest);
    const shape = {
      root: this.#root,
      isCommonJs: manifest.type !== "module",
      allowsTsImports: this.#allowsTsImports(),
    };
    addParts(manifest, manifestParts(shape));
    const isChanged = JSON.stringify(manifest) !== before;
    if (isChanged) {
      const indent = isNew ? "  " : (/^[ \t]+/m.exec(text)?.[0] ?? "  ");
      writeFileSync(path, `${JSON.stringify(manifest, null, indent)}\n`);
    }
    this.#report(path, isNew ? "made" : isChanged ? "changed" : "kept");
    return { isNew, manifest, shape };
  }

  /** Adds entries to `.gitignore` for files that are not committed. */
  addToGitignore(): void {
    const path = join(this.#root, ".gitignore");
    const wanted = ["node_modules/", ".baton/", ".env*.local"];
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    const lines = new Set(text.split("\n").map(ignoredName));
    const missing = wanted.filter((line) => !lines.has(ignoredName(line)));
    if (missing.length > 0) {
      const separator = text === "" || text.endsWith("\n") ? "" : "\n";
      writeFileSync(path, `${text}${separator}${missing.join("\n")}\n`);
    }
    this.#report(path, missing.length === 0 ? "kept" : text === "" ? "made" : "changed");
  }

  /** Whether the existing tsconfig allows imports of names that end in `.ts`; one that extends another may inherit the setting. */
  #allowsTsImports(): boolean {
    const path = join(this.#root, "tsconfig.json");
    if (!existsSync(path)) return true;
    const setting = /"(allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/;
    return setting.test(readFileSync(path, "utf8"));
  }
}

function parseManifest(path: string, text: string): Manifest {
  try {
    return JSON.parse(withoutByteOrderMark(text)) as Manifest;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError("PROJECT_UNREADABLE", `"${path}" must be JSON, and it is not: ${reason}.`, { cause: error });
  }
}

/** Matches the test script that `npm init` writes. */
const noTestScript = /^echo "Error: no test specified" && exit 1$/;

function addParts(manifest: Manifest, parts: ManifestParts): void {
  const { dependencies, devDependencies, scripts } = manifest;
  const hasTest = scripts?.test !== undefined && !noTestScript.test(scripts.test);
  manifest.scripts = { ...parts.scripts, ...scripts, ...(hasTest ? {} : { test: parts.scripts.test ?? "" }) };
  const missing = (packages: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(packages).filter(
        ([name]) => dependencies?.[name] === undefined && devDependencies?.[name] === undefined,
      ),
    );
  for (const kind of ["dependencies", "devDependencies"] as const) {
    const added = missing(parts[kind]);
    if (Object.keys(added).length > 0) manifest[kind] = sortedByName({ ...manifest[kind], ...added });
  }
}

/** Sorts packages as npm does. */
function sortedByName(packages: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, "en")));
}

function ignoredName(line: string): string {
  return line.trim().replace(/^\/|\/$/g, "");
}

/** Lists the next commands to type. It names only files and scripts that `baton init` made. */
function nextSteps(cwd: string, shape: ProjectShape, { scripts }: Manifest, isNew: boolean): string {
  const { root } = shape;
  const folder = relative(cwd, root);
  const app = appFile(shape);
  const isOurs = (name: string): boolean => readIfAny(join(root, name)) === sampleFiles(shape)[name];
  const own = manifestParts(shape).scripts;
  const steps: readonly (readonly [command: string, remark: string])[] = [
    ...(folder === "" ? [] : [[`cd ${folder}`, ""] as const]),
    ...(isNew || !existsSync(join(root, "node_modules", "@baton", "cli")) ? [["npm install", ""] as const] : []),
    ["npx baton dev", "runs the tasks and reloads edited files; Ctrl-C stops it"],
    isOurs(app) && isOurs("trigger/hello-world.ts")
      ? [
          `${readsTypeScript() ? "node" : "npx tsx"} ${app}`,
          "in another terminal: triggers the task, prints its result",
        ]
      : ["npx baton tasks list", "in another terminal: lists the tasks"],
    ...(scripts?.test === own.test ? [["npm test", "tests the task, without baton dev"] as const] : []),
    ...(scripts?.typecheck === own.typecheck ? [["npm run typecheck", ""] as const] : []),
  ];
  const width = Math.max(...steps.map(([command]) => command.length));
  const lines = steps.map(([command, remark]) => `  ${command.padEnd(width)}  ${remark}`.trimEnd());
  return `\nNext:\n${lines.join("\n")}`;
}

function readIfAny(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Whether this version of Node.js runs TypeScript without a flag, as 22.18 and later do. */
function readsTypeScript(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 23 || (major === 22 && minor >= 18) || (major === 23 && minor >= 6);
}
