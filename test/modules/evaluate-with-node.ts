import { writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { evaluate, findMain } from "./evaluation.ts";

// Evaluates the file that is named on the command line as Node.js does, and prints what happened as the last line.
const file = process.argv[2] ?? "";
const result = await evaluate(async () => findMain(await import(pathToFileURL(file).href)));
writeSync(1, `\n${JSON.stringify(result)}\n`);
process.exit();
