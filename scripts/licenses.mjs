// Plain JavaScript, because it must work when nothing is built.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Returns the licences of the packages that are bundled.
 *
 * @param folder - the folder that the paths are relative to
 * @param inputs - the files of the bundle, as esbuild lists them
 */
export function licensesOf(folder, inputs) {
  const packages = new Set(inputs.flatMap((input) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
  const texts = [...packages]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((path) => {
      const from = join(folder, path);
      const { name, version, license } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
      const file = readdirSync(from).find((entry) => /^licen[cs]e/i.test(entry));
      return `${name} ${version} (${license})\n\n${file ? readFileSync(join(from, file), "utf8").trim() : ""}\n`;
    });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}
