import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, test } from "node:test";
import { repositoryRoot, sourceFiles } from "./support/source-files.ts";

const folders = ["proto", "sdk", "coordinator", "runner", "cli", "test", "examples"];
const sources = folders.flatMap((folder) => sourceFiles(folder));

function read(path: string): string {
  return readFileSync(join(repositoryRoot, path), "utf8");
}

/** Every document, relative to the root. */
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...readdirSync(join(repositoryRoot, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
].filter((path) => existsSync(join(repositoryRoot, path)));

/** Returns the anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  return plain.replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

function anchorsOf(path: string): ReadonlySet<string> {
  return new Set([...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading ?? "")));
}

describe("documents", () => {
  test("link to files and headings that exist", () => {
    const broken: string[] = [];
    for (const path of documents) {
      const text = read(path).replaceAll(/```[\s\S]*?```/g, "");
      for (const [, target = "", anchor] of text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)) {
        const file = target === "" ? path : relative(repositoryRoot, join(repositoryRoot, dirname(path), target));
        if (!existsSync(join(repositoryRoot, file))) broken.push(`${path}: ${target}`);
        else if (anchor !== undefined && file.endsWith(".md") && !anchorsOf(file).has(anchor)) {
          broken.push(`${path}: ${target}#${anchor}`);
        }
      }
    }
    assert.deepEqual(broken, []);
  });

  test("in docs/ are linked from the README", () => {
    const readme = read("README.md");
    const pages = documents.filter((path) => /^docs\/[^/]+$/.test(path));
    assert.ok(pages.length > 15);
    assert.deepEqual(
      pages.filter((path) => !readme.includes(`](${path})`)),
      [],
    );
  });

  test("name source files that exist", () => {
    const known = sources.map(({ path }) => `/${path}`);
    const isKnown = (name: string) =>
      known.some((path) => path.endsWith(`/${name}`)) || existsSync(join(repositoryRoot, name));
    // These documents only name files of the repository; the others also name files of a reader.
    const ours = documents.filter((path) => /^(CONTRIBUTING|docs\/(architecture|decisions\/.*))\b/.test(path));
    const missing = ours.flatMap((path) =>
      [...read(path).matchAll(/`((?:proto|sdk|coordinator|runner|cli|test|examples)\/[\w./-]+\.\w+)`/g)]
        .map(([, name]) => name ?? "")
        .filter((name) => !isKnown(name))
        .map((name) => `${path}: ${name}`),
    );
    assert.deepEqual(missing, []);
  });

  test("name tests of defences that exist", () => {
    const tables = [...read("docs/security.md").matchAll(/^\|.*\| Tested by \|\n((?:\|.*\n)+)/gm)];
    const named = tables.flatMap(([, rows = ""]) =>
      [...rows.matchAll(/\|([^|]*)\|$/gm)].flatMap(([, cell = ""]) =>
        [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name = ""]) => name),
      ),
    );
    assert.ok(named.length > 30);
    const known = sources.filter(({ path }) => path.endsWith(".test.ts")).map(({ path }) => path);
    assert.deepEqual(
      named.filter((name) => !known.some((path) => path.split("/").at(-1)?.startsWith(`${name}.`))),
      [],
    );
  });

  test("name functions and classes that are in the file beside them", () => {
    const named = [...read("docs/architecture.md").matchAll(/`([\w./-]+\.ts)` `([#\w.]+)`/g)];
    assert.ok(named.length > 10);
    const missing = named
      .map(([, path = "", name = ""]) => ({ path, name: name.split(".").at(-1) ?? "" }))
      .filter(
        ({ path, name }) => !sources.some((file) => file.path === path && new RegExp(`${name}[(<]`).test(file.text)),
      )
      .map(({ path, name }) => `${path}: ${name}`);
    assert.deepEqual(missing, []);
  });

  test("have every section of docs/tasks.md that the code names", () => {
    const sections = new Set(
      [...read("docs/tasks.md").matchAll(/^##+ (\d+(?:\.\d+)?) /gm)].map(([, number]) => number),
    );
    const pointers = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/docs\/tasks\.md ((?:\d+(?:\.\d+)?)(?:(?:, | and )\d+\.\d+)*)/g)].flatMap(([, numbers = ""]) =>
        numbers.split(/, | and /).map((number) => ({ path, number })),
      ),
    );
    assert.ok(pointers.length > 30);
    const missing = pointers.filter(({ number }) => !sections.has(number));
    assert.deepEqual(missing, []);
    // A pointer to a document that is not in the repository.
    const stray = sources.filter(({ path, text }) => path !== "test/docs.test.ts" && /\bspec \d/.test(text));
    assert.deepEqual(
      stray.map(({ path }) => path),
      [],
    );
  });
});

describe("settings", () => {
  const product = sources.filter(
    ({ path }) => /^(coordinator|runner|cli|sdk|proto)\/src\//.test(path) && !path.includes(".test."),
  );
  const settings = ["docs/operating.md", "docs/dev.md", "docs/configuration.md"].map(read).join("\n");

  test("of the environment are documented, and only those that exist", () => {
    const used = product.flatMap(({ text }) =>
      [...text.matchAll(/(?:env\.|")(BATON_[A-Z_]*[A-Z])\b/g)].map(([, name]) => name),
    );
    const documented = [...settings.matchAll(/`(BATON_[A-Z_]*[A-Z])`/g)].map(([, name]) => name);
    assert.deepEqual(new Set(documented), new Set(used));
  });

  test("of coordinator and runner are documented with their defaults", () => {
    const sourceOf = (path: string) => product.find((file) => file.path === path)?.text ?? "";
    const defaults = [sourceOf("coordinator/src/config.ts"), sourceOf("runner/src/config.ts")].flatMap((text) =>
      [...text.matchAll(/^ {2,4}(\w+): z[^\n]*\.default\(("[^"]*"|[\d_]+)\)/gm)].map(([, name = "", value = ""]) => ({
        name,
        value: value.replaceAll(/["_]/g, ""),
      })),
    );
    assert.ok(defaults.length > 8);
    const variableOf = (name: string) => `BATON_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
    const rows = settings.split("\n").filter((line) => line.startsWith("|"));
    const wrong = defaults.filter(
      ({ name, value }) => !rows.some((row) => row.includes(`\`${variableOf(name)}\``) && row.includes(value)),
    );
    assert.deepEqual(wrong, []);
  });

  test("of baton.config.ts are documented, and only those that exist", () => {
    const config = product.find(({ path }) => path.endsWith("/project-config.ts"))?.text ?? "";
    const [, body = ""] = /const ProjectConfigFile = z\.strictObject\(\{([\s\S]*?)^\}\);/m.exec(config) ?? [];
    const members = [...body.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
    assert.ok(members.length > 10);
    const [, table = ""] = read("docs/configuration.md").split("## baton.config.ts");
    const documented = [...table.matchAll(/^\| `(\w+)/gm)].map(([, name]) => name).filter((name) => name !== "init");
    assert.deepEqual(new Set(documented), new Set(members));
  });
});

describe("docs/sdk.md", () => {
  const page = read("docs/sdk.md");
  const textOf = (path: string) => sources.find((file) => file.path === path)?.text ?? "";
  const { exports } = JSON.parse(read("sdk/package.json")) as {
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  const entries = Object.entries(exports).flatMap(([name, target]) =>
    typeof target === "string"
      ? []
      : [
          {
            name: name.replace(".", "@baton/sdk"),
            source: target.default.replace("./dist", "sdk/src").replace(/js$/, "ts"),
          },
        ],
  );

  /**
   * Returns the part of the page about one entry point. Everything before the parts of the others is about the main
   * one.
   */
  function partAbout(entry: string): string {
    const parts = page.split(/^(?=## @baton\/sdk\/)/m);
    return (entry === "@baton/sdk" ? parts[0] : parts.find((part) => part.startsWith(`## ${entry}\n`))) ?? "";
  }

  /** Returns the tables whose head matches: the code in their first cells, and the match. */
  function tablesIn(text: string, head: RegExp): readonly { readonly names: readonly string[]; readonly of: string }[] {
    return [...text.matchAll(/^\|(.*)\|\n\|[-|]+\|\n((?:\|.*\n)+)/gm)].flatMap(([, titles = "", rows = ""]) => {
      const match = head.exec(titles);
      if (match === null) return [];
      const names = [...rows.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = ""]) =>
        [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
      );
      return [{ names, of: match[1] ?? "" }];
    });
  }

  function exportedBy(source: string): readonly string[] {
    const text = textOf(source);
    const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = ""]) =>
      names.split(",").map((name) =>
        name
          .trim()
          .replace(/^type /, "")
          .replace(/^.* as /, ""),
      ),
    );
    const declared = [
      ...text.matchAll(/^export (?:declare )?(?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm),
    ].map(([, name = ""]) => name);
    return [...listed, ...declared].filter((name) => name !== "").sort();
  }

  test("lists every export of every entry point, and only those", () => {
    assert.ok(entries.length > 5);
    const seen = new Set<string>();
    for (const { name, source } of entries) {
      const part = partAbout(name);
      assert.notEqual(part, "", `no part about ${name}`);
      if (seen.has(source)) continue;
      seen.add(source);
      const headings = [...part.matchAll(/^### `(\w+)`$/gm)].map(([, heading = ""]) => heading);
      const tabled = tablesIn(part, /^ (?:Export|Type) \|/).flatMap(({ names }) => names);
      assert.deepEqual([...new Set([...headings, ...tabled])].sort(), exportedBy(source), name);
    }
  });

  test("lists what a program can import", async () => {
    for (const { name, source } of entries) {
      const values = Object.keys((await import(name)) as object);
      assert.deepEqual(
        values.filter((value) => !exportedBy(source).includes(value)),
        [],
        name,
      );
    }
  });

  test("lists the members of options as they are declared", () => {
    const tables = tablesIn(page, /^ Member of `(\w+)` /);
    assert.ok(tables.length > 10);
    for (const { names, of } of tables) {
      const declaration = new RegExp(`^export interface ${of}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, "m");
      const body = sources.map(({ text }) => declaration.exec(text)?.[1]).find((found) => found !== undefined) ?? "";
      const members = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = ""]) => member);
      assert.deepEqual([...names].sort(), members.sort(), of);
    }
  });

  test("lists the calls of tasks, runs and others, and only those that exist", async () => {
    const main = (await import("@baton/sdk")) as Readonly<Record<string, unknown>>;
    const objects = Object.entries(main).filter(
      ([name, value]) => typeof value === "object" && value !== null && name !== "errorCodes",
    );
    assert.ok(objects.length >= 7);
    for (const [name, value] of objects) {
      const members = Object.keys(value as object).sort();
      const named = [...page.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, "g"))].map(([, member = ""]) => member);
      assert.deepEqual([...new Set(named)].filter((member) => member !== "md").sort(), members, name);
    }
  });
});

test("the README names the trigger options that are refused, and no other", async () => {
  const readme = readFileSync(join(repositoryRoot, "README.md"), "utf8");
  const sentence = /The trigger options ([^.]*)\. Baton refuses them/.exec(readme)?.[1] ?? "";
  const options = [...sentence.matchAll(/`(\w+)`/g)].map(([, option = ""]) => option);
  assert.ok(options.length > 3);
  const { tasks } = await import("@baton/sdk");
  for (const option of options) {
    const trigger = tasks.trigger("any-task", null, { [option]: "x" } as object);
    await assert.rejects(trigger, { code: "OPTION_NOT_SUPPORTED" }, option);
  }
});
