import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { Command } from "commander";
import { examplesText } from "./client-command.ts";
import type { CommandContext } from "./command-context.ts";
import { CliError } from "./failure.ts";
import { configTemplate, manifestTemplate, packageSpecs, scriptsTemplate, taskTemplate } from "./init-templates.ts";
import { requireFolder } from "./project-folder.ts";

/** `baton init [dir]` */
export function initCommand(context: CommandContext): Command {
  return new Command("init")
    .description("Adds a config, one task and package scripts to an empty or existing folder. Nothing is overwritten.")
    .argument("[dir]", "the project's folder; made when it is missing", ".")
    .addHelpText("after", examplesText("baton init", "baton init my-tasks"))
    .action((dir: string) => {
      const root = resolve(context.cwd, dir);
      const { output } = context;
      const said = (path: string, what: string): void => output.print(`${what}  ${relative(context.cwd, path) || "."}`);
      if (!existsSync(root)) mkdirSync(root, { recursive: true });
      requireFolder(root);
      const needsInstall = addToManifest(root, said);
      const hasConfig = existsSync(join(root, "trigger.config.ts"));
      if (!hasConfig) addFile(join(root, "baton.config.ts"), configTemplate(basename(root)), said);
      addFile(join(root, "trigger", "hello-world.ts"), taskTemplate, said);
      addToGitignore(root, said);
      output.note(nextSteps(context.cwd, root, needsInstall));
    });
}

type Said = (path: string, what: "made   " | "changed" | "kept   ") => void;

function addFile(path: string, text: string, said: Said): void {
  if (existsSync(path)) {
    said(path, "kept   ");
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  said(path, "made   ");
}

interface Manifest {
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

function addToManifest(root: string, said: Said): boolean {
  const path = join(root, "package.json");
  if (!existsSync(path)) {
    addFile(path, manifestTemplate(basename(root)), said);
    return true;
  }
  const text = readFileSync(path, "utf8");
  const manifest = parseManifest(path, text);
  const before = JSON.stringify(manifest);
  manifest.scripts = { ...scriptsTemplate, ...manifest.scripts };
  const has = (name: string): boolean =>
    manifest.dependencies?.[name] !== undefined || manifest.devDependencies?.[name] !== undefined;
  const needsInstall = !has("@baton/sdk") || !has("@baton/cli");
  if (!has("@baton/sdk")) {
    manifest.dependencies = { ...manifest.dependencies, "@baton/sdk": packageSpecs["@baton/sdk"] };
  }
  if (!has("@baton/cli")) {
    manifest.devDependencies = { ...manifest.devDependencies, "@baton/cli": packageSpecs["@baton/cli"] };
  }
  if (JSON.stringify(manifest) === before) {
    said(path, "kept   ");
    return needsInstall;
  }
  const indent = /^[ \t]+/m.exec(text)?.[0] ?? "  ";
  writeFileSync(path, `${JSON.stringify(manifest, null, indent)}\n`);
  said(path, "changed");
  return needsInstall;
}

function parseManifest(path: string, text: string): Manifest {
  try {
    return JSON.parse(text) as Manifest;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError("PROJECT_UNREADABLE", `"${path}" must be JSON, and it is not: ${reason}.`, { cause: error });
  }
}

function addToGitignore(root: string, said: Said): void {
  const path = join(root, ".gitignore");
  const wanted = [".baton/", "node_modules/"];
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const lines = new Set(text.split("\n").map((line) => line.trim().replace(/^\/|\/$/g, "")));
  const missing = wanted.filter((line) => !lines.has(line.replace(/\/$/, "")));
  if (missing.length === 0) {
    said(path, "kept   ");
    return;
  }
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  writeFileSync(path, `${text}${separator}${missing.join("\n")}\n`);
  said(path, text === "" ? "made   " : "changed");
}

function nextSteps(cwd: string, root: string, needsInstall: boolean): string {
  const folder = relative(cwd, root);
  const steps = [
    ...(folder === "" ? [] : [`cd ${folder}`]),
    ...(needsInstall ? ["npm install"] : []),
    "npx baton dev",
    `npx baton trigger hello-world --payload '{"name":"Ada"}' --wait    (in another terminal)`,
  ];
  return `\nNext:\n${steps.map((step) => `  ${step}`).join("\n")}`;
}
