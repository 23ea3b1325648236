import { realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "../version.ts";

/** The folder of this package. */
const ownFolder = dirname(fileURLToPath(import.meta.resolve("@baton/cli/package.json")));
/** Whether this command runs in a checkout. It then names the packages there, because a registry may not have them. */
const isCheckout = !ownFolder.includes(`${sep}node_modules${sep}`);

/** The properties of a project that decide what its files contain. */
export interface ProjectShape {
  /** The project's folder. */
  readonly root: string;
  /** Whether its `.js` and `.ts` files are CommonJS. Then files with `await` at the top level get an ES module name. */
  readonly isCommonJs: boolean;
  /** Whether the TypeScript compiler allows imports of names that end in `.ts`. */
  readonly allowsTsImports: boolean;
}

/** The members that `package.json` gets, unless it has them. */
export interface ManifestParts {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Returns the scripts and packages of a project. */
export function manifestParts({ isCommonJs, root }: ProjectShape): ManifestParts {
  return {
    scripts: {
      dev: "baton dev",
      // Node.js 20 cannot run TypeScript; with tsx the script is the same on every version.
      test: `node --import tsx --test ${isCommonJs ? "test/*.test.mts" : "test/*.test.ts"}`,
      typecheck: "tsc --noEmit",
    },
    dependencies: { "@baton/sdk": ownPackage("sdk", root) },
    devDependencies: {
      "@baton/cli": ownPackage("cli", root),
      "@types/node": "^22.0.0",
      tsx: "^4.20.0",
      typescript: "^7.0.0",
    },
  };
}

/** Returns where npm finds one of Baton's packages. A relative path works for everybody with a checkout at the same place. */
function ownPackage(name: "sdk" | "cli", root: string): string {
  if (!isCheckout) return `^${version}`;
  const path = relative(realpathSync(root), join(ownFolder, "..", name));
  return `file:${path.replaceAll(sep, "/")}`;
}

/** Makes a package's name from the name of its folder. */
export function packageName(folder: string): string {
  const name = folder.toLowerCase().replace(/[^a-z0-9._-]+/g, "-");
  return name.replace(/^[._-]+|-+$/g, "") || "tasks";
}

/** The files that `baton init` makes unless they exist, by their path in the project. */
export type ProjectFiles = Readonly<Record<string, string>>;

/** Returns compiler settings for a project that Node.js runs without a build step. */
export function tsconfigTemplate({ isCommonJs }: Pick<ProjectShape, "isCommonJs">): string {
  const compilerOptions = {
    target: "ES2023",
    module: "NodeNext",
    types: ["node"],
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    // With this setting a CommonJS file could not use `import`.
    ...(isCommonJs ? {} : { verbatimModuleSyntax: true }),
    skipLibCheck: true,
  };
  return `${JSON.stringify({ compilerOptions }, null, 2).replace(/\[\s+"node"\s+\]/, '["node"]')}\n`;
}

/** Returns the configuration file of a new project. */
export function configTemplate(project: string): string {
  return `import { defineConfig } from "@baton/sdk";

export default defineConfig({
  project: ${JSON.stringify(project)},
  dirs: ["./trigger"],
  retries: { default: { maxAttempts: 3, minTimeoutInMs: 1000, maxTimeoutInMs: 10_000, factor: 2, randomize: true } },
});
`;
}

/** Returns a first task, a program that triggers it, and its test. */
export function sampleFiles(shape: ProjectShape): ProjectFiles {
  const taskExtension = shape.allowsTsImports ? "ts" : "js";
  return {
    "trigger/hello-world.ts": taskTemplate,
    [appFile(shape)]: appTemplate,
    [`test/hello-world.test.${moduleExtension(shape)}`]: testTemplate(taskExtension),
  };
}

/** Returns the name of the program that triggers the task. */
export function appFile(shape: ProjectShape): string {
  return `app.${moduleExtension(shape)}`;
}

function moduleExtension({ isCommonJs }: ProjectShape): "ts" | "mts" {
  return isCommonJs ? "mts" : "ts";
}

const taskTemplate = `import { logger, task } from "@baton/sdk";

export const helloWorld = task({
  id: "hello-world",
  maxDuration: 60,
  run: async (payload: { name?: string } | undefined, { ctx }) => {
    logger.info("saying hello", { attempt: ctx.attempt.number });
    return { message: \`Hello, \${payload?.name ?? "world"}!\` };
  },
});
`;

const appTemplate = `import { runs, tasks } from "@baton/sdk";
import type { helloWorld } from "./trigger/hello-world.ts";

const handle = await tasks.trigger<typeof helloWorld>("hello-world", { name: "Ada" });
console.log("triggered", handle.id);

const run = await runs.poll<typeof helloWorld>(handle.id);
console.log(run.status, run.output?.message ?? run.error?.message);
`;

function testTemplate(taskExtension: "ts" | "js"): string {
  return `import assert from "node:assert/strict";
import { test } from "node:test";
import { runTask } from "@baton/sdk/testing";
import { helloWorld } from "../trigger/hello-world.${taskExtension}";

test("hello-world greets by name", async () => {
  const run = await runTask(helloWorld, { name: "Ada" });
  assert.equal(run.status, "COMPLETED");
  assert.deepEqual(run.output, { message: "Hello, Ada!" });
});
`;
}
