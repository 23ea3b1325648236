import assert from "node:assert/strict";
import { test } from "node:test";
import { importedBindings } from "./import-clause.ts";

for (const [statement, expected] of [
  [`import "a"`, []],
  [`import {} from "a"`, []],
  [`import a from "a"`, [["default", "a"]]],
  [`import * as a from "a"`, [["*", "a"]]],
  [
    `import a, * as b from "a"`,
    [
      ["default", "a"],
      ["*", "b"],
    ],
  ],
  [
    `import a, { b, c as d } from "a"`,
    [
      ["default", "a"],
      ["b", "b"],
      ["c", "d"],
    ],
  ],
  [`import { default as a } from "a"`, [["default", "a"]]],
  [
    `import {\n  a,\n  b as\n  c\n} from "a"`,
    [
      ["a", "a"],
      ["b", "c"],
    ],
  ],
  [
    `import { "a name" as a, "with \\"quotes\\"" as b } from "a"`,
    [
      ["a name", "a"],
      [`with "quotes"`, "b"],
    ],
  ],
  [
    `import { größe as π, $ as _ } from "a"`,
    [
      ["größe", "π"],
      ["$", "_"],
    ],
  ],
  [`import { from } from "from"`, [["from", "from"]]],
  [`import { as as as } from "a"`, [["as", "as"]]],
  [`import data from "./a.json" with { type: "json" }`, [["default", "data"]]],
] as const) {
  test(`the bindings of ${JSON.stringify(statement)}`, () => {
    assert.deepEqual(
      importedBindings(statement).map(({ imported, local }) => [imported, local]),
      expected,
    );
  });
}
