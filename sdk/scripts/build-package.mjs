// Completes the output of `tsc --build` in dist (decision 0016): bundles the packages that the SDK uses into
// dist/bundled, and makes the CommonJS build in dist/cjs. Plain JavaScript, because it must work when nothing is built.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { licensesOf } from "../../scripts/licenses.mjs";

const packageDir = fileURLToPath(new URL("..", import.meta.url));
const source = join(packageDir, "src");
const esm = join(packageDir, "dist");
const cjs = join(packageDir, "dist/cjs");
const common = { absWorkingDir: packageDir, platform: "node", target: "node20.19", bundle: true };

/** Replaces `require` of built-in modules by imports, because it does not work in an ES module. */
const importBuiltins = {
  name: "import-builtins",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: new RegExp(`^(node:)?(${builtinModules.join("|")})$`) }, ({ path, kind }) =>
      kind === "require-call" ? { path: path.replace("node:", ""), namespace: "builtin" } : { path, external: true },
    );
    onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({
      contents: `export * from "node:${path}"; export { default } from "node:${path}";`,
    }));
  },
};

/** Follows no import, so that each source file gets its own output. */
const keepImports = {
  name: "keep-imports",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path: path.replace(/^(\..*)\.ts$/, "$1.js"), external: true },
    );
  },
};

await bundlePackages();
await translateToCommonJs();
await takeContract();

async function bundlePackages() {
  const entryPoints = filesBelow(join(source, "bundled")).map((name) => join(source, "bundled", name));
  const bundle = { ...common, entryPoints, minifySyntax: true, minifyWhitespace: true, legalComments: "none" };
  const outdir = join(esm, "bundled");
  const { metafile } = await build({ ...bundle, outdir, format: "esm", plugins: [importBuiltins], metafile: true });
  await build({ ...bundle, outdir: join(cjs, "bundled"), format: "cjs" });
  writeFileSync(join(outdir, "LICENSES.txt"), licensesOf(packageDir, Object.keys(metafile.inputs)));
  // These maps belong to the compiler's output, which the bundles replace.
  for (const name of filesBelow(outdir)) if (name.endsWith(".js.map")) rmSync(join(outdir, name));
}

async function translateToCommonJs() {
  const isPublished = (name) => name.endsWith(".ts") && !name.includes(".test.") && !name.startsWith("bundled");
  const names = filesBelow(source).filter(isPublished);
  const asksForItself = (name) => readFileSync(join(source, name), "utf8").includes("import.meta.url");
  const translation = {
    ...common,
    outbase: source,
    outdir: cjs,
    format: "cjs",
    plugins: [keepImports],
    // Test runners that execute CommonJS in a separate context have no import().
    supported: { "dynamic-import": false },
  };
  const entryPoints = names.filter((name) => !asksForItself(name)).map((name) => join(source, name));
  await build({ ...translation, entryPoints });
  await build({
    ...translation,
    entryPoints: names.filter(asksForItself).map((name) => join(source, name)),
    define: { "import.meta.url": "importMetaUrl" },
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
  // The declarations are the same; the nearest package.json decides whether they describe an ES module.
  for (const name of names.map((path) => path.replace(/\.ts$/, ".d.ts"))) {
    mkdirSync(dirname(join(cjs, name)), { recursive: true });
    copyFileSync(join(esm, name), join(cjs, name));
  }
  writeFileSync(join(cjs, "package.json"), '{ "type": "commonjs" }\n');
}

/** Replaces the files that re-export the contract by the contract's pure modules. */
async function takeContract() {
  const contract = join(packageDir, "../proto");
  const names = filesBelow(join(contract, "src/contract")).filter((name) => !name.includes(".test."));
  const declarations = names.map((name) => name.replace(/ts$/, "d.ts"));
  for (const name of [...declarations, ...names.map((path) => path.replace(/ts$/, "js"))]) {
    copyFileSync(join(contract, "dist/contract", name), join(esm, "contract", name));
  }
  for (const name of declarations) copyFileSync(join(esm, "contract", name), join(cjs, "contract", name));
  const entryPoints = names.map((name) => join(contract, "src/contract", name));
  await build({ ...common, entryPoints, outdir: join(cjs, "contract"), format: "cjs", plugins: [keepImports] });
}

/** Returns the paths of the files in a folder, relative to it. */
function filesBelow(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name).slice(folder.length + 1)] : [],
  );
}
