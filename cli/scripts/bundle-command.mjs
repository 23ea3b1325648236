// Puts the command, the coordinator, the runner and the packages that they use into a few files in dist/bundled, because a
// process that loads hundreds of modules starts late (decision 0023). Plain JavaScript, because it must work when nothing is built.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { licensesOf } from "../../scripts/licenses.mjs";

const packageDir = fileURLToPath(new URL("..", import.meta.url));
const outdir = join(packageDir, "dist/bundled");

rmSync(outdir, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: packageDir,
  entryPoints: [join(packageDir, "src/main.ts")],
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // The names of errors are those of their classes.
  keepNames: true,
  // Packages with a native part, and one that few processes load.
  external: ["esbuild", "mongodb"],
  // Names that bundled CommonJS packages use.
  banner: {
    js: 'import * as nodeModule from "node:module"; const require = nodeModule.createRequire(import.meta.url);',
  },
  legalComments: "none",
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
});
writeFileSync(join(outdir, "LICENSES.txt"), licensesOf(packageDir, Object.keys(metafile.inputs)));
