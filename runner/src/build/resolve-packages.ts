import { isBuiltin } from "node:module";
import path from "node:path";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { isCommonJs } from "./module-format.ts";

const alreadyAsked = Symbol("resolved by this plugin");
const requireNamespace = "baton-require";

/**
 * Decides for every package whether it becomes part of the bundle. Packages whose real path lies outside
 * `node_modules` do, such as those of the same workspace. All others stay outside and are loaded by Node.js, under
 * their plain name where that leads to the same file from the output, else by a path relative to the output.
 *
 * CommonJS packages are loaded with `require`, because `import` gives their named exports only when a lexer happens
 * to see them.
 */
export function resolvePackages(place: { readonly projectDir: string; readonly outDir: string }): Plugin {
  return {
    name: "baton-resolve-packages",
    setup(build) {
      build.onResolve({ filter: /^[^./]|node_modules|\.node$/, namespace: "file" }, async (args) => {
        if (args.pluginData === alreadyAsked || args.kind === "entry-point") return undefined;
        if (isBuiltin(args.path)) return { path: args.path, external: true, sideEffects: false };
        return await resolvePackage(build, args, place);
      });
      build.onLoad({ filter: /.*/, namespace: requireNamespace }, ({ path: specifier }) => ({
        contents: `module.exports = __baton_require(${JSON.stringify(specifier)});`,
        loader: "js",
      }));
    },
  };
}

async function resolvePackage(
  build: PluginBuild,
  args: OnResolveArgs,
  { projectDir, outDir }: { readonly projectDir: string; readonly outDir: string },
): Promise<OnResolveResult | undefined> {
  const { kind, importer, resolveDir } = args;
  const found = await build.resolve(args.path, { kind, importer, resolveDir, pluginData: alreadyAsked });
  // Left to esbuild, which reports what is missing at its place, and lets `require` in a `try` fail at run time.
  if (found.errors.length > 0 || found.namespace !== "file") return undefined;
  if (found.external) return undefined;
  const isAddon = found.path.endsWith(".node");
  if (!isAddon && !found.path.split(path.sep).includes("node_modules")) return undefined;

  const usesRequire = kind !== "import-statement" && kind !== "dynamic-import";
  const loadsWithRequire = usesRequire || isAddon || (await isCommonJs(found.path));
  const wantedKind = loadsWithRequire ? "require-call" : kind;
  const plain = await build.resolve(args.path, {
    kind: wantedKind,
    importer: path.join(projectDir, "baton-output.mjs"),
    resolveDir: projectDir,
    pluginData: alreadyAsked,
  });
  const isPlainName = !args.path.startsWith(".") && plain.errors.length === 0 && plain.path === found.path;
  const specifier = isPlainName && isPackageName(args.path, found.path) ? args.path : relativePath(outDir, found.path);
  return loadsWithRequire && kind !== "require-resolve"
    ? { path: specifier, namespace: requireNamespace }
    : { path: specifier.replaceAll(/[%#?\s]/g, encodeURIComponent), external: true };
}

/** An alias of tsconfig `paths` or of `imports` means something to the compiler only. */
function isPackageName(specifier: string, resolved: string): boolean {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  return resolved.split(path.sep).join("/").includes(`/node_modules/${name}/`);
}

function relativePath(from: string, to: string): string {
  return path.relative(from, to).split(path.sep).join("/");
}
