import assert from "node:assert/strict";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Worker } from "node:worker_threads";
import { buildVersion } from "@baton/runner";
import type { Evaluation } from "./evaluation.ts";
import { compile, layOut, layOutShared, type ProjectOnDisk } from "./project-on-disk.ts";
import { themes } from "./projects/index.ts";

/** Evaluates a project in a new thread, with the script that gets `argument`. */
async function evaluateIn(script: string, argument: string): Promise<Evaluation> {
  const thread = new Worker(new URL(script, import.meta.url), { workerData: argument, execArgv: [], stdout: true });
  try {
    return await new Promise<Evaluation>((resolve, reject) => {
      thread.once("message", resolve);
      thread.once("error", reject);
      thread.once("exit", (code) => reject(new Error(`The thread of ${script} ended with code ${code}.`)));
    });
  } finally {
    await thread.terminate();
  }
}

/**
 * Returns the comparable part of an evaluation: of an error only its kind, because its message and stack contain paths
 * that differ.
 */
function comparable({ trace, value, error }: Evaluation, { dir, plainDir }: ProjectOnDisk): unknown {
  const text = JSON.stringify({ trace, value, error: error && { name: error.name, code: error.code } });
  const spellings = (path: string) => [path, encodeURI(path).replaceAll("#", "%23").replaceAll("?", "%3F")];
  return JSON.parse(
    [join(plainDir, "out"), plainDir, dir]
      .flatMap(spellings)
      .reduce((shown, path) => shown.replaceAll(path, "<project>"), text),
  );
}

describe(`modules behave as in Node.js ${process.version}`, { concurrency: 2 }, () => {
  let root: string;
  const onDisk = new Map<object, ProjectOnDisk>();

  before(async () => {
    // Every project must work in a folder whose name has characters with a meaning in URLs.
    root = await realpath(await mkdtemp(join(tmpdir(), "baton modules #%20?é-")));
    await layOutShared(root);
    const projects = themes.flatMap((theme) => theme.projects);
    for (const [index, project] of projects.entries()) onDisk.set(project, await layOut(root, String(index), project));
    await compile([...onDisk.values()]);
  });
  after(() => rm(root, { recursive: true, force: true }));

  for (const { theme, projects } of themes) {
    for (const project of projects) {
      test(`${theme}: ${project.name}`, async () => {
        const one = onDisk.get(project);
        assert.ok(one);
        const byNode = await evaluateIn("./evaluate-with-node.js", one.entry);
        const built = await buildVersion({ projectDir: one.dir, environment: "PRODUCTION" });
        const byBaton = await evaluateIn("./evaluate-with-baton.js", built.dir);
        assert.deepEqual(
          comparable(byBaton, one),
          comparable(byNode, one),
          JSON.stringify({ byBaton, byNode }, null, 1),
        );
        assert.ok("value" in byNode || project.throws === true, `Node.js fails: ${byNode.error?.message}`);
      });
    }
  }
});
