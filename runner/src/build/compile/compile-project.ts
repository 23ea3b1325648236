import path from "node:path";
import { type CompiledOutput, Linker } from "./link.ts";
import { type Walk, walk } from "./walk.ts";

/** Names the files to compile. */
export interface CompileRequest {
  /** Absolute, without symbolic links. */
  readonly projectDir: string;
  /** Absolute. */
  readonly entries: readonly string[];
}

/** A compiled project. */
export interface CompiledProject {
  /** The outputs of the entries without problems and of everything that they import, sorted by name. */
  readonly outputs: readonly CompiledOutput[];
  /** Output names by entry, for entries without problems. */
  readonly entries: ReadonlyMap<string, string>;
  /** Problems of the entry or of files that it imports, by entry, as `file:line:column: reason`. */
  readonly broken: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly string[];
}

/**
 * Compiles files and everything that they import outside packages. Each source file gets its own output, so modules are
 * not merged. ES modules stay ES modules and CommonJS stays CommonJS. Outputs do not depend on the project's location.
 *
 * @param inputs - gets every file that is read, also when the compilation fails
 */
export async function compileProject(request: CompileRequest, inputs: Set<string>): Promise<CompiledProject> {
  const { projectDir, entries } = request;
  const place = { projectDir, outDir: path.join(projectDir, ".baton", "versions", "output") };
  const walked = await walk(place, entries, inputs);
  const linker = new Linker(place, walked.files);
  const broken = new Map<string, readonly string[]>();
  const names = new Map<string, string>();
  const linked = new Set<string>();
  for (const entry of entries) {
    const needed = reachable(entry, walked);
    const problems = needed.flatMap((file) => walked.problems.get(file) ?? []);
    if (problems.length > 0) {
      broken.set(entry, problems);
      continue;
    }
    names.set(entry, linker.outputOf(entry));
    for (const file of needed) linked.add(file);
  }
  // An import of a pattern, such as import(`./handlers/${name}.ts`), needs files that no specifier names.
  const named = new Set(entries.flatMap((entry) => reachable(entry, walked)));
  for (const file of walked.files.keys()) {
    if (named.has(file)) continue;
    const needed = reachable(file, walked);
    if (needed.every((one) => !walked.problems.has(one))) for (const one of needed) linked.add(one);
  }
  for (const file of linked) linker.add(file);
  return { outputs: linker.finish(), entries: names, broken, warnings: walked.warnings };
}

function reachable(entry: string, { files }: Walk): string[] {
  const found = new Set([entry]);
  for (const file of found) {
    for (const target of files.get(file)?.targets.values() ?? []) if (target.type === "source") found.add(target.file);
  }
  return [...found];
}
