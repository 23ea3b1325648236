import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigError, readSettings, type SettingsSchema } from "./settings.ts";

const sources = {
  listen: { variable: "LISTEN" },
  memoryGb: { variable: "MEMORY", formerFlag: "memory" },
  pollMs: { variable: "POLL_MS", flag: "poll" },
};

const everything: SettingsSchema<Record<string, unknown>> = {
  safeParse: (data) => ({ success: true, data }),
};

const nothing: SettingsSchema<never> = {
  safeParse: (given) => {
    const names = Object.keys(given).filter((name) => given[name] !== undefined);
    return { success: false, error: { issues: names.map((name) => ({ message: "bad", path: [name] })) } };
  },
};

function given(flags: Record<string, unknown>, env: NodeJS.ProcessEnv): Record<string, unknown> {
  const read = readSettings(everything, sources, flags, env);
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

describe("settings", () => {
  test("come from flags before variables; undefined flags and empty variables count as not given", () => {
    assert.deepEqual(given({ listen: "a" }, { LISTEN: "b", POLL_MS: "5" }), { listen: "a", pollMs: "5" });
    assert.deepEqual(given({ listen: undefined }, { LISTEN: "b", MEMORY: "" }), { listen: "b" });
    assert.deepEqual(given({ listen: false }, { LISTEN: "true" }), { listen: false });
  });

  test("have their own name, their flag's and its former one, the first of which wins", () => {
    assert.deepEqual(given({ poll: 5, memory: 2 }, {}), { pollMs: 5, memoryGb: 2 });
    assert.deepEqual(given({ pollMs: 6, memoryGb: 3, memory: 2 }, {}), { pollMs: 6, memoryGb: 3 });
  });

  test("that are unknown reach the schema, which refuses them", () => {
    assert.deepEqual(given({ typo: 1 }, {}), { typo: 1 });
  });

  test("that cannot be used are named by what gave them, without their values", () => {
    const read = (): never =>
      readSettings(nothing, sources, { pollMs: "secret", memory: "secret" }, { LISTEN: "secret" });
    assert.throws(read, (error) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.code, "CONFIG_INVALID");
      assert.equal(
        error.message,
        "The configuration cannot be used:\n  ✖ LISTEN: bad\n  ✖ --memory: bad\n  ✖ --poll: bad",
      );
      return true;
    });
  });
});
