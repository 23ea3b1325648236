import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { BatonPeer } from "./baton-peer.ts";
import { printStoreCost, type StoreChoice, type StoreCost } from "./bench-store.ts";
import { type Figure, figureOf, ratiosOf } from "./figure.ts";

const runCount = 4_000;

/** Measures the coordinator's CPU of a run on SQLite and on MongoDB, alternately, and what a run costs MongoDB. */
export async function benchMongo(dir: string, rounds: number): Promise<readonly Figure[]> {
  const server = await findMongoServer();
  if (server === undefined) {
    console.log(`There is ${howToGetAServer}.`);
    return [];
  }
  console.log(server.kind);
  try {
    return await compare(dir, { type: "mongo", server }, rounds);
  } finally {
    await server.stop();
  }
}

async function compare(dir: string, mongo: StoreChoice, rounds: number): Promise<readonly Figure[]> {
  await using onSqlite = await BatonPeer.start(dir, { type: "sqlite" });
  await using onMongo = await BatonPeer.start(dir, mongo);
  const cpuUs = new Map<BatonPeer, number[]>([onSqlite, onMongo].map((peer) => [peer, []]));
  const costs: StoreCost[] = [];
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [peer, cpuUsOfPeer] of cpuUs) {
      const { cpu, storeCost } = await peer.executeMany(runCount);
      if (round === 0) continue;
      cpuUsOfPeer.push(cpu.byName.get("coordinator") ?? Number.NaN);
      if (storeCost !== undefined) costs.push(storeCost);
    }
  }
  for (const peer of cpuUs.keys()) await peer.check();
  printStoreCost(costs.at(-1));
  const [sqliteUs = [], mongoUs = []] = cpuUs.values();
  return [
    figureOf(10, "coordinator_cpu_a_run_on_sqlite_us", sqliteUs),
    figureOf(10, "coordinator_cpu_a_run_on_mongodb_us", mongoUs),
    figureOf(10, "coordinator_cpu_on_mongodb_to_sqlite_ratio", ratiosOf(mongoUs, sqliteUs)),
    figureOf(
      10,
      "mongodb_requests_a_run",
      costs.map(({ requests }) => requests),
    ),
    figureOf(
      10,
      "mongodb_bytes_a_run",
      costs.map(({ answerBytes, requestBytes }) => requestBytes + answerBytes),
    ),
  ];
}
