import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { logger, task } from "@baton/sdk";
import { dataFile } from "../data-files.ts";

export const busiestAirports = task({
  id: "busiest-airports",
  description: "Adds up a CSV of flights line by line, so that its size does not matter.",
  run: async ({ top }: { top: number }) => {
    const departures = new Map<string, number>();
    let rows = 0;
    for await (const line of createInterface({ input: createReadStream(dataFile("flights-airport.csv")) })) {
      const [origin, , count] = line.split(",");
      if (origin === undefined || origin === "origin") continue;
      departures.set(origin, (departures.get(origin) ?? 0) + Number(count));
      rows += 1;
    }
    logger.info("read", { rows, airports: departures.size });
    const busiest = [...departures].sort(([, left], [, right]) => right - left).slice(0, top);
    return { rows, busiest: Object.fromEntries(busiest) };
  },
});
