import { statSync } from "node:fs";
import { configure, runs } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { createBenchProject } from "./bench-project.ts";
import { type Figure, figureOf } from "./figure.ts";
import { checkStore, executeRuns } from "./load.ts";
import { median } from "./statistics.ts";

const runCount = 10_000;
/** Reads of each kind in a round. */
const readCount = 100;

/** Measures what finished runs keep in the store's file, and reads of a run, of pages and of filtered lists. */
export async function benchStoreFile(dir: string, rounds: number): Promise<readonly Figure[]> {
  await using project = await createBenchProject(dir);
  const file = project.path(".baton", "baton.db");
  await using cluster = await Cluster.start({ projectDir: project.dir, store: `sqlite:${file}` });
  configure({ coordinator: cluster.address });
  const expected = new Map<string, unknown>();
  await executeRuns(cluster, { count: runCount, expected });
  const ids = [...expected.keys()];
  const times = { run: [], firstPage: [], nextPage: [], filteredPage: [] } satisfies Record<string, number[]>;
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const into = round === 0 ? { run: [], firstPage: [], nextPage: [], filteredPage: [] } : times;
    let page = await runs.list();
    await timeReads(into.run, (n) => runs.retrieve(ids[(n * 7_919 + round) % ids.length] ?? ""));
    await timeReads(into.firstPage, () => runs.list());
    await timeReads(into.nextPage, async () => {
      page = await page.getNextPage();
    });
    await timeReads(into.filteredPage, () => runs.list({ taskIdentifier: "echo", status: "COMPLETED", limit: 100 }));
  }
  await checkStore(cluster, cluster.store, expected);
  return [
    figureOf(9, "stored_bytes_a_run", [statSync(file).size / runCount]),
    figureOf(9, "read_of_a_run_ms", times.run),
    figureOf(9, "list_of_25_runs_ms", times.firstPage),
    figureOf(9, "later_page_of_25_runs_ms", times.nextPage),
    figureOf(9, "filtered_list_of_100_runs_ms", times.filteredPage),
  ];
}

/** Reads one after another, and adds the median time in milliseconds. */
async function timeReads(into: number[], read: (n: number) => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < readCount; n += 1) {
    const startedAt = performance.now();
    await read(n);
    times.push(performance.now() - startedAt);
  }
  into.push(median(times));
}
