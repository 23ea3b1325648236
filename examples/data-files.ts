import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const dataDir = join(dirname(dirname(createRequire(import.meta.url).resolve("vega-datasets"))), "data");

/** Returns the path of a data set in the npm package vega-datasets. */
export function dataFile(name: string): string {
  return join(dataDir, name);
}

/** Lists the data sets with this extension, sorted by name. */
export function dataFileNames(extension: string): readonly string[] {
  return readdirSync(dataDir)
    .filter((name) => name.endsWith(extension))
    .sort();
}
