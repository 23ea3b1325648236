import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const dataDir = join(dirname(dirname(createRequire(import.meta.url).resolve("vega-datasets"))), "data");

/** The path of one of the data sets that come with the npm package vega-datasets. */
export function dataFile(name: string): string {
  return join(dataDir, name);
}

/** The names of the data sets with this extension, sorted. */
export function dataFileNames(extension: string): readonly string[] {
  return readdirSync(dataDir)
    .filter((name) => name.endsWith(extension))
    .sort();
}
