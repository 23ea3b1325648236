import { readFile } from "node:fs/promises";
import { runs, task } from "@baton/sdk";
import { dataFile } from "../data-files.ts";

export const countRecords = task({
  id: "count-records",
  description: "Counts the records of one JSON file.",
  run: async ({ name }: { name: string }) => {
    const records: unknown = JSON.parse(await readFile(dataFile(name), "utf8"));
    if (!Array.isArray(records)) throw new Error(`"${name}" must hold a list of records, and it does not.`);
    return records.length;
  },
});

export const countAllRecords = task({
  id: "count-all-records",
  description: "Triggers a child for each file and adds up what they return.",
  run: async ({ names }: { names: string[] }) => {
    const children = await Promise.all(names.map((name) => countRecords.trigger({ name })));
    const ended = await Promise.all(
      children.map((child) => runs.poll<typeof countRecords>(child.id, { pollIntervalMs: 100 })),
    );
    const counts = ended.map((run) => run.output ?? 0);
    return { children: children.length, records: counts.reduce((sum, count) => sum + count, 0) };
  },
});
