import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunStatus, tasks } from "@baton/sdk";
import { dataFileNames } from "./data-files.ts";
import type { busiestAirports } from "./trigger/busiest-airports.ts";
import type { checksumFile } from "./trigger/checksum-file.ts";
import type { countAllRecords } from "./trigger/count-records.ts";
import type { flaky } from "./trigger/flaky.ts";
import type { helloWorld } from "./trigger/hello-world.ts";
import type { neverEnds } from "./trigger/never-ends.ts";
import type { stockReport } from "./trigger/stock-report.ts";
import type { thumbnails } from "./trigger/thumbnails.ts";

/** One example: what it triggers, and how its runs should end. */
export interface Example {
  readonly name: string;
  readonly expectedStatus: RunStatus;
  readonly expectedAttempts: number;
  /** Triggers the example and resolves with the ids of its runs. */
  trigger(): Promise<readonly string[]>;
}

/** The examples that `npm start` runs. */
export const examples: readonly Example[] = [
  single("hello-world", () => tasks.trigger<typeof helloWorld>("hello-world", { name: "Ada" })),
  single("thumbnails", () =>
    tasks.trigger<typeof thumbnails>("thumbnails", {
      names: [...dataFileNames(".png")],
      width: 32,
      outDir: join(tmpdir(), "baton-thumbnails"),
    }),
  ),
  single("busiest-airports", () => tasks.trigger<typeof busiestAirports>("busiest-airports", { top: 3 })),
  single("stock-report", () => tasks.trigger<typeof stockReport>("stock-report", { symbol: "msft" })),
  {
    name: "checksum-file",
    expectedStatus: "COMPLETED",
    expectedAttempts: 1,
    trigger: async () => {
      const items = dataFileNames(".json").map((name) => ({ payload: { name } }));
      const batch = await tasks.batchTrigger<typeof checksumFile>("checksum-file", items);
      return batch.runs.map((run) => run.id);
    },
  },
  single("flaky", () => tasks.trigger<typeof flaky>("flaky", undefined), { expectedAttempts: 3 }),
  single("count-all-records", () =>
    tasks.trigger<typeof countAllRecords>("count-all-records", { names: ["cars.json", "movies.json", "jobs.json"] }),
  ),
  single("never-ends", () => tasks.trigger<typeof neverEnds>("never-ends", undefined), { expectedStatus: "TIMED_OUT" }),
];

function single(
  name: string,
  trigger: () => Promise<{ readonly id: string }>,
  expected: { readonly expectedStatus?: RunStatus; readonly expectedAttempts?: number } = {},
): Example {
  return {
    name,
    expectedStatus: expected.expectedStatus ?? "COMPLETED",
    expectedAttempts: expected.expectedAttempts ?? 1,
    trigger: async () => [(await trigger()).id],
  };
}
