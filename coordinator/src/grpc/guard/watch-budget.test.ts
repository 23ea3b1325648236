import assert from "node:assert/strict";
import { test } from "node:test";
import { maxWatches, WatchBudget } from "./watch-budget.ts";

function take(budget: WatchBudget, peer: string, count: number): void {
  for (let taken = 0; taken < count; taken += 1) budget.take(peer);
}

test("a connection watches its share of runs, and others go on watching", () => {
  const budget = new WatchBudget();
  take(budget, "a", maxWatches.perConnection);
  assert.throws(() => budget.take("a"), { code: "OVERLOADED" });
  budget.take("b");
  budget.giveBack("a", 1);
  budget.take("a");
});

test("all connections together watch no more runs than the limit", () => {
  const budget = new WatchBudget();
  const peers = ["a", "b", "c", "d"];
  for (const peer of peers) take(budget, peer, maxWatches.all / peers.length);
  assert.throws(() => budget.take("e"), { code: "OVERLOADED" });
  budget.giveBack("d", 5);
  take(budget, "e", 5);
});
