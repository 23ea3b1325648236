import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Loader, Plugin } from "esbuild";

const url = "__baton_file_url";
const directory = "__baton_file_dirname";
const fileName = "__baton_file_name";

/** Put on top of every output: what bundled code needs to find its own place and the packages of the project. */
export const preludeOfEveryOutput = [
  'import { createRequire as __baton_create_require } from "node:module";',
  'import { fileURLToPath as __baton_file_path } from "node:url";',
  "const __baton_output_url = import.meta.url, __baton_require = __baton_create_require(__baton_output_url);",
].join("\n");

/** Points a module at the place of its source instead of that of the bundle. */
export const sourceLocationDefines: Readonly<Record<string, string>> = {
  "import.meta.url": url,
  "import.meta.dirname": directory,
  "import.meta.filename": fileName,
  __dirname: directory,
  __filename: fileName,
};

const mentionsLocation = /import\s*\.\s*meta|__dirname|__filename/;
const loaders: Readonly<Record<string, Loader>> = {
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".js": "js",
  ".mjs": "js",
  ".cjs": "js",
  ".jsx": "jsx",
};

/** What the plugin needs to know of the build. */
export interface SourceLocationOptions {
  readonly outDir: string;
  readonly entries: readonly string[];
  /** Imported before every entry. */
  readonly initFile?: string | undefined;
  /** Every file that is read is added here. */
  readonly inputs: Set<string>;
}

/**
 * Loads the project's files. One that asks where it lies (`import.meta.url`, `__dirname`) gets constants with the
 * place of its source, relative to the output, so that files beside the source are found and the output does not
 * depend on where the project lies.
 */
export function sourceLocation(options: SourceLocationOptions): Plugin {
  const entries = new Set(options.entries);
  return {
    name: "baton-source-location",
    setup(build) {
      build.onLoad({ filter: /.*/, namespace: "file" }, async ({ path: file }) => {
        options.inputs.add(file);
        const loader = loaders[path.extname(file)];
        if (loader === undefined) return undefined;
        const source = await readFile(file, "utf8");
        const lines: string[] = [];
        if (entries.has(file) && options.initFile !== undefined && options.initFile !== file) {
          lines.push(`import ${JSON.stringify(options.initFile)};`);
        }
        if (mentionsLocation.test(source)) lines.push(locationOf(file, options.outDir));
        return { contents: prepend(lines.join(""), source), loader };
      });
    },
  };
}

function locationOf(file: string, outDir: string): string {
  const relative = JSON.stringify(path.relative(outDir, file).split(path.sep).map(encodeURIComponent).join("/"));
  return (
    `const ${url} = new URL(${relative}, __baton_output_url).href, ` +
    `${fileName} = __baton_file_path(${url}), ${directory} = __baton_file_path(new URL(".", ${url})).slice(0, -1);`
  );
}

/** On the first line, so that line numbers stay right; behind a `#!` line, which must stay first. */
function prepend(text: string, source: string): string {
  if (text === "") return source;
  const lineEnd = source.startsWith("#!") ? source.indexOf("\n") + 1 : 0;
  return source.slice(0, lineEnd) + text + source.slice(lineEnd);
}
