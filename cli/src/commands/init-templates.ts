import { realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "../version.ts";

/** The folder of this package. */
const ownFolder = fileURLToPath(new URL("../..", import.meta.url));
/** A registry need not have what a checkout has, so a command that runs in a checkout names the folders there. */
const isCheckout = !ownFolder.includes(`${sep}node_modules${sep}`);

/** What a project's files depend on. */
export interface ProjectShape {
  /** The project's folder. */
  readonly root: string;
  /** Are its `.js` and `.ts` files CommonJS? Then what uses `await` at the top level gets a name that says ESM. */
  readonly isCommonJs: boolean;
  /** May a file of its import another by its name with `.ts`, as far as the TypeScript compiler is concerned? */
  readonly allowsTsImports: boolean;
}

/** What `package.json` gets, unless it has it already. */
export interface ManifestParts {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Scripts and packages of a project. */
export function manifestParts({ isCommonJs, root }: ProjectShape): ManifestParts {
  return {
    scripts: {
      dev: "baton dev",
      // Node.js 20 reads no TypeScript; with tsx the script is the same on every version.
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

/** Where npm finds a package of ours. A path from the project holds for everybody whose checkout is beside it. */
function ownPackage(name: "sdk" | "cli", root: string): string {
  if (!isCheckout) return `^${version}`;
  const path = relative(realpathSync(root), join(ownFolder, "..", name));
  return `file:${path.replaceAll(sep, "/")}`;
}

/** A package's name, made of a folder's. */
export function packageName(folder: string): string {
  const name = folder.toLowerCase().replace(/[^a-z0-9._-]+/g, "-");
  return name.replace(/^[._-]+|-+$/g, "") || "tasks";
}

/** A file that `baton init` makes unless there is one, by its path in the project. */
export type ProjectFiles = Readonly<Record<string, string>>;

/** The compiler's settings for a project that Node.js runs without a build step. */
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
    // A CommonJS file could not write `import` with it.
    ...(isCommonJs ? {} : { verbatimModuleSyntax: true }),
    skipLibCheck: true,
  };
  return `${JSON.stringify({ compilerOptions }, null, 2).replace(/\[\s+"node"\s+\]/, '["node"]')}\n`;
}

/** The config of a project that has none. */
export function configTemplate(project: string): string {
  return `import { defineConfig } from "@baton/sdk";

export default defineConfig({
  project: ${JSON.stringify(project)},
  dirs: ["./trigger"],
  retries: { default: { maxAttempts: 3, minTimeoutInMs: 1000, maxTimeoutInMs: 10_000, factor: 2, randomize: true } },
});
`;
}

/** A first task, the program that triggers it, and its test. */
export function sampleFiles(shape: ProjectShape): ProjectFiles {
  const taskExtension = shape.allowsTsImports ? "ts" : "js";
  return {
    "trigger/hello-world.ts": taskTemplate,
    [appFile(shape)]: appTemplate,
    [`test/hello-world.test.${moduleExtension(shape)}`]: testTemplate(taskExtension),
  };
}

/** The name of the program that triggers. */
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
