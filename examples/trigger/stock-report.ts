import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logger, schemaTask } from "@baton/sdk";
import { dataFile } from "../data-files.ts";

/** A schema may be a function like this one, or a schema of zod, valibot, arktype and others. */
function parsePayload(value: unknown): { readonly symbol: string } {
  const { symbol } = (value ?? {}) as { readonly symbol?: unknown };
  if (typeof symbol !== "string" || symbol === "") throw new TypeError('expected { "symbol": "MSFT" }');
  return { symbol: symbol.toUpperCase() };
}

export const stockReport = schemaTask({
  id: "stock-report",
  description:
    "Writes the highs of a share into a file that its hooks make and take away, with a schema for its payload.",
  schema: parsePayload,
  init: async () => ({ dir: await mkdtemp(join(tmpdir(), "baton-report-")) }),
  run: async ({ symbol }, { init }) => {
    const highs: Record<string, number> = {};
    for (const line of (await readFile(dataFile("stocks.csv"), "utf8")).split("\n")) {
      const [name, date = "", price = ""] = line.split(",");
      const [, , year = ""] = date.split(" ");
      if (name === symbol) highs[year] = Math.max(highs[year] ?? 0, Number(price));
    }
    const file = join(init.dir, `${symbol}.json`);
    await writeFile(file, JSON.stringify(highs));
    return { symbol, years: Object.keys(highs).length, bytes: (await stat(file)).size };
  },
  onSuccess: (_payload, output) => logger.info("report written", { years: output.years }),
  cleanup: (_payload, { init }) => rm(init.dir, { recursive: true }),
});
