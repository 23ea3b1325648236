import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { RunId } from "@baton/proto/contract/ids";
import type { RunFilter } from "../store.ts";
import { openDatabase } from "./database.ts";
import { keyPageQuery } from "./key-table.ts";
import { sliceQueries, sourcesOf } from "./run-list.ts";
import { runQueries } from "./run-reader.ts";

const root = mkdtempSync(join(tmpdir(), "baton-plan-"));
const connection = openDatabase(join(root, "baton.db"), "prod");
after(() => {
  connection.close();
  rmSync(root, { recursive: true });
});

const plans: readonly (readonly [string, RegExp])[] = [
  [runQueries.backlog, /SEARCH runs USING INDEX runs_by_lane \(lane=\? AND .*sort_time/],
  [runQueries.due, /SEARCH runs USING INDEX runs_due \(.*due_at.*\)/],
  [runQueries.pending, /SEARCH runs USING INDEX runs_pending \(pending_task=\? AND .*created_at/],
  [runQueries.active, /SCAN runs USING INDEX runs_active/],
  [runQueries.laneLengths, /SCAN runs USING COVERING INDEX runs_by_lane|SEARCH runs USING COVERING INDEX runs_by_lane/],
  [runQueries.lanes, /SEARCH runs USING COVERING INDEX runs_by_lane \(lane>\?\)/],
  [runQueries.pendingTasks, /SEARCH runs USING COVERING INDEX runs_pending \(pending_task>\?\)/],
  [runQueries.run, /SEARCH runs USING INDEX sqlite_autoindex_runs_1 \(id=\?\)/],
  [runQueries.byPrefix, /SEARCH runs USING INDEX sqlite_autoindex_runs_1 \(id>\? AND id<\?\)/],
  [keyPageQuery, /SEARCH keys USING PRIMARY KEY \(key>\?\)/],
  [runQueries.texts, /SEARCH texts USING INDEX sqlite_autoindex_texts_1 \(run_id=\?\)/],
];

for (const [sql, expected] of plans) {
  test(`an index serves ${sql.slice(0, 90)}… in its order`, () => {
    const plan = planOf(sql);
    assert.match(plan, expected);
    assert.doesNotMatch(plan, /TEMP B-TREE/);
  });
}

const lists: readonly (readonly [RunFilter, RegExp])[] = [
  [{}, /SEARCH k USING (COVERING )?INDEX runs_by_creation/],
  [{ taskIds: ["t"] }, /SEARCH k USING (COVERING )?INDEX runs_by_task \(task_id=\? AND .*created_at/],
  [{ statuses: ["failed"] }, /SEARCH k USING (COVERING )?INDEX runs_by_status \(status=\? AND .*created_at/],
  [{ tags: ["a"] }, /SEARCH k USING PRIMARY KEY \(tag=\? AND .*created_at/],
  [{ batchId: "b" }, /SEARCH k USING (COVERING )?INDEX runs_by_batch \(batch_id=\? AND .*created_at/],
  [
    { parentRunId: "run_1" as RunId },
    /SEARCH k USING (COVERING )?INDEX runs_by_parent \(parent_run_id=\? AND .*created_at/,
  ],
  [{ versions: ["v"], queues: ["q"], isTest: true }, /SEARCH k USING (COVERING )?INDEX runs_by_creation/],
];

for (const [filter, expected] of lists) {
  for (const direction of ["ASC", "DESC"] as const) {
    test(`an index serves the list by ${Object.keys(filter).join(", ") || "creation"}, ${direction}, in its order`, () => {
      const [source] = sourcesOf(filter);
      assert.ok(source);
      const { border, rows } = sliceQueries(source, filter, direction);
      for (const sql of [border, rows]) {
        const plan = planOf(sql);
        assert.match(plan, expected);
        assert.doesNotMatch(plan, /TEMP B-TREE FOR ORDER|SCAN k/);
      }
      assert.match(planOf(border), /COVERING INDEX|PRIMARY KEY/);
    });
  }
}

function planOf(sql: string): string {
  return connection
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all([])
    .map((row) => String(row[3]))
    .join("\n");
}
