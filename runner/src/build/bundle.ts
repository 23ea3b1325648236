import path from "node:path";
import { type BuildFailure, build, type Message, type OutputFile } from "esbuild";
import { BuildFailedError } from "./build-error.ts";
import { resolvePackages } from "./resolve-packages.ts";
import { preludeOfEveryOutput, sourceLocation, sourceLocationDefines } from "./source-location.ts";

/** What to compile. */
export interface BundleRequest {
  /** Absolute, without symbolic links. */
  readonly projectDir: string;
  /** Absolute. */
  readonly files: readonly string[];
  /** Compiled with them; absolute. */
  readonly configFile?: string | undefined;
  /** Imported before each of `files`; absolute. */
  readonly initFile?: string | undefined;
}

/** One file of the output. All lie in one folder, two levels below `.baton`. */
export interface BundleOutput {
  readonly name: string;
  readonly contents: Uint8Array;
}

/** A compiled project. */
export interface Bundle {
  readonly outputs: readonly BundleOutput[];
  /** The output's name for each of the request's files. */
  readonly entries: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * Compiles files to ES modules for the running version of Node.js. What several files import becomes a chunk that
 * they share, so that within one thread a module exists once. Outputs do not depend on where the project lies.
 *
 * @param inputs - Every file that is read is added to it, also when that fails.
 * @throws {@link BuildFailedError} with every problem that was found.
 */
export async function bundle(request: BundleRequest, inputs: Set<string>): Promise<Bundle> {
  const { projectDir, configFile } = request;
  const files = configFile === undefined ? request.files : [configFile, ...request.files];
  const outDir = path.join(projectDir, ".baton", "versions", "output");
  const entries = new Map(files.map((file) => [file, `${entryName(projectDir, file)}.mjs`]));
  for (const file of files) inputs.add(file);
  try {
    const result = await build({
      absWorkingDir: projectDir,
      entryPoints: files.map((file) => ({ in: file, out: entryName(projectDir, file) })),
      outdir: outDir,
      chunkNames: "chunk-[hash]",
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: `node${process.versions.node}`,
      // Without this, esbuild also follows the condition "module", which Node.js does not know.
      conditions: [],
      mainFields: ["main"],
      keepNames: true,
      sourcemap: "linked",
      sourcesContent: true,
      write: false,
      logLevel: "silent",
      define: sourceLocationDefines,
      banner: { js: preludeOfEveryOutput },
      plugins: [
        resolvePackages({ projectDir, outDir }),
        sourceLocation({ outDir, entries: request.files, initFile: request.initFile, inputs }),
      ],
    });
    return {
      outputs: result.outputFiles.map((file) => toOutput(file, outDir)).sort((a, b) => (a.name < b.name ? -1 : 1)),
      entries,
      warnings: result.warnings.map(describeMessage),
    };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw new BuildFailedError(error.errors.map(describeMessage));
  }
}

/** Flat, so that every output finds the project by the same number of steps up. */
function entryName(projectDir: string, file: string): string {
  return path
    .relative(projectDir, file)
    .split(path.sep)
    .join("__")
    .replaceAll("..", "_up_")
    .replaceAll(/[^\w.-]/g, (character) => `%${character.codePointAt(0)?.toString(16)}`)
    .replaceAll("%", "_x");
}

function toOutput(file: OutputFile, outDir: string): BundleOutput {
  return { name: path.relative(outDir, file.path).split(path.sep).join("/"), contents: file.contents };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}

function describeMessage(message: Message): string {
  const { location } = message;
  if (location === null) return message.text;
  const place = `${location.file}:${location.line}:${location.column + 1}: ${message.text}`;
  return location.lineText === "" ? place : `${place}\n  ${location.lineText.trim()}`;
}
