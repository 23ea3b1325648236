import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs } from "./backoff.ts";

test("a backoff doubles from its first pause to its longest, however many failures there are", () => {
  const range = { first: 50, longest: 300 };
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5_000].map((failures) => backoffMs(range, failures)),
    [50, 50, 100, 200, 300, 300],
  );
});
