import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "./version.ts";

/** The folder of this package. */
const ownFolder = fileURLToPath(new URL("..", import.meta.url));
/** A registry need not have what a checkout has, so a command that runs in a checkout names the folders there. */
const isCheckout = !ownFolder.includes(`${sep}node_modules${sep}`);

/** What a new project asks npm for, by package. */
export const packageSpecs = {
  "@baton/sdk": isCheckout ? `file:${join(ownFolder, "..", "sdk")}` : `^${version}`,
  "@baton/cli": isCheckout ? `file:${join(ownFolder, "..", "cli")}` : `^${version}`,
} as const;

/** Scripts that `baton init` adds unless they are there. */
export const scriptsTemplate = { dev: "baton dev", "hello-world": "baton trigger hello-world --wait" };

/** The manifest of a project that has none. */
export function manifestTemplate(name: string): string {
  const manifest = {
    name:
      name
        .toLowerCase()
        .replace(/[^a-z0-9._-]+/g, "-")
        .replace(/^[._-]+/, "") || "tasks",
    private: true,
    type: "module",
    scripts: scriptsTemplate,
    dependencies: { "@baton/sdk": packageSpecs["@baton/sdk"] },
    devDependencies: { "@baton/cli": packageSpecs["@baton/cli"] },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
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

/** A first task. */
export const taskTemplate = `import { logger, task } from "@baton/sdk";

export const helloWorld = task({
  id: "hello-world",
  maxDuration: 60,
  run: async (payload: { name?: string } | undefined, { ctx }) => {
    logger.info("saying hello", { attempt: ctx.attempt.number });
    return { message: \`Hello, \${payload?.name ?? "world"}!\` };
  },
});
`;
