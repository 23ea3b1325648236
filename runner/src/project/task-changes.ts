import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { BuiltVersion } from "../build/manifest.ts";

/** The change of one task between two versions. */
export interface TaskChange {
  /** `changed`: the task's options, its file or a file that it imports changed. */
  readonly type: "added" | "changed" | "removed";
  readonly id: string;
  /** Relative to the project. */
  readonly filePath: string;
}

/**
 * The tasks of a version by id. Each digest covers the task's options and all code that it imports from the project.
 */
export type TaskDigests = ReadonlyMap<string, { readonly filePath: string; readonly digest: string }>;

/** Returns the changes between the tasks of two versions, sorted by id. */
export function taskChanges(before: TaskDigests, after: TaskDigests): readonly TaskChange[] {
  const changes: TaskChange[] = [];
  for (const id of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [was, is] = [before.get(id), after.get(id)];
    if (is === undefined) changes.push({ type: "removed", id, filePath: was?.filePath ?? "" });
    else if (was === undefined) changes.push({ type: "added", id, filePath: is.filePath });
    else if (was.digest !== is.digest) changes.push({ type: "changed", id, filePath: is.filePath });
  }
  return changes;
}

/** Reads the compiled files of a version and computes the digests for {@link taskChanges}. */
export async function digestTasks({ dir, tasks }: BuiltVersion): Promise<TaskDigests> {
  const files = await readOutputs(dir);
  const digests = new Map<string, { readonly filePath: string; readonly digest: string }>();
  for (const { definition, bundleFile } of tasks) {
    const hash = createHash("sha256").update(JSON.stringify(definition));
    for (const name of [...reachable(bundleFile, files)].sort())
      hash.update(`\0${name}\0${files.get(name)?.text ?? ""}`);
    digests.set(definition.id, { filePath: definition.filePath, digest: hash.digest("base64url") });
  }
  return digests;
}

interface Output {
  readonly text: string;
  /** The outputs that the text names. */
  readonly imports: readonly string[];
}

/** A relative path in quotes, as in `import`, `export … from`, `import()` and `require()`. */
const relativePath = /(["'`])(\.{1,2}\/[^"'`\n]+)\1/g;

async function readOutputs(dir: string): Promise<ReadonlyMap<string, Output>> {
  const names = (await readdir(dir, { recursive: true })).map((name) => name.split(path.sep).join("/"));
  const code = new Set(names.filter((name) => /\.[mc]?js$/.test(name)));
  const outputs = await Promise.all(
    [...code].map(async (name): Promise<[string, Output]> => {
      const text = await readFile(path.join(dir, name), "utf8");
      const named = [...text.matchAll(relativePath)].map(([, , to = ""]) =>
        path.posix.join(path.posix.dirname(name), to),
      );
      return [name, { text, imports: named.filter((to) => code.has(to)) }];
    }),
  );
  return new Map(outputs);
}

function reachable(name: string, files: ReadonlyMap<string, Output>): ReadonlySet<string> {
  const found = new Set([name]);
  for (const next of found) for (const to of files.get(next)?.imports ?? []) found.add(to);
  return found;
}
