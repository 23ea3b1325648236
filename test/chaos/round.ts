import { existsSync, readFileSync } from "node:fs";
import { createStore } from "@baton/coordinator";
import type { Store, StoredRun } from "@baton/coordinator/internal/store/store";
import { configure } from "@baton/sdk";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { addressWithOption } from "../support/mongo-address.ts";
import { MongoDatabase } from "../support/mongo-database.ts";
import { MongoProxy } from "../support/mongo-proxy.ts";
import type { MongoServer } from "../support/mongo-server.ts";
import { Project } from "../support/project.ts";
import { chaosTasks } from "./chaos-tasks.ts";
import { checkHistory } from "./check-history.ts";
import { type Fault, FaultMaker, planFaults } from "./faults.ts";
import { type CallerStory, parseLines } from "./history.ts";
import { Load } from "./load.ts";
import { SupervisedCluster, type UnexpectedEnd } from "./supervised-cluster.ts";

const runnerCount = 2;
const pageSize = 500;
/**
 * A lost message is noticed after this time instead of the default of half a minute, so that a round has time for many.
 */
const socketTimeoutMs = 2_000;

/** The result of one round. */
export interface RoundResult {
  readonly faults: readonly Fault[];
  /** Number of messages to the store. `disturbed` counts those that did not simply pass. */
  readonly messages: number;
  readonly disturbed: FaultMaker["disturbed"];
  readonly callers: readonly CallerStory[];
  readonly storedRuns: number;
  /** Number of recorded starts of attempts. */
  readonly starts: number;
  readonly unexpectedEnds: readonly UnexpectedEnd[];
  /** Violations in the history; empty when the round succeeds. */
  readonly violations: readonly string[];
}

/**
 * Lets callers trigger while the store, the coordinator and the hosts have faults, then lets everything recover, and
 * checks the whole history. The seed decides the triggers, the faults and their times. Processes, threads and sockets
 * are real, so two rounds of one seed are similar and not equal.
 */
export async function playRound(server: MongoServer, seed: number, loadMs: number): Promise<RoundResult> {
  const random = new SeededRandom(seed);
  const faults = planFaults(random, loadMs, runnerCount);
  await using database = new MongoDatabase(server);
  await database.prepare();
  await using proxy = await MongoProxy.start(server);
  await using project = await Project.create({ "trigger/chaos.ts": chaosTasks });
  await using cluster = await SupervisedCluster.start({
    projectDir: project.dir,
    store: addressWithOption(proxy.through(database.address), "socketTimeoutMS", String(socketTimeoutMs)),
    runners: runnerCount,
  });
  configure({ coordinator: cluster.address });
  const file = project.path("lines.txt");
  const load = new Load(random.fork(), file);
  const faultMaker = new FaultMaker(cluster, proxy, random.fork());
  const [callers] = await Promise.all([load.run(loadMs), faultMaker.makeAll(faults)]);
  await cluster.idle();
  await cluster.stop();
  const stored = await readAll(createStore(database.address, "prod"));
  const lines = parseLines(existsSync(file) ? readFileSync(file, "utf8") : "");
  return {
    faults,
    messages: proxy.requests.length,
    disturbed: faultMaker.disturbed,
    callers,
    storedRuns: stored.length,
    starts: lines.filter(({ what }) => what === "start").length,
    unexpectedEnds: cluster.unexpectedEnds,
    violations: [
      ...checkHistory({ callers, lines, stored }),
      ...cluster.unexpectedEnds.map(({ code, output, what }) => `A ${what} ended by itself with ${code}:\n${output}`),
    ],
  };
}

async function readAll(store: Store): Promise<StoredRun[]> {
  await store.open();
  const all: StoredRun[] = [];
  for (let page = await store.listRuns({}, {}, pageSize); page.length > 0; ) {
    const ids = page.map(({ id }) => id);
    all.push(...(await store.findRuns(ids, true)));
    const last = page.at(-1);
    page = last === undefined ? [] : await store.listRuns({}, { before: last }, pageSize);
  }
  await store.close();
  return all;
}
