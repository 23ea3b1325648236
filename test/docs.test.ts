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

/** The anchor that GitHub gives a heading. */
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

  test("name source files that exist", () => {
    const known = sources.map(({ path }) => `/${path}`);
    const isKnown = (name: string) =>
      known.some((path) => path.endsWith(`/${name}`)) || existsSync(join(repositoryRoot, name));
    // These speak of files of the repository; the others also of files that a reader has.
    const ours = documents.filter((path) => /^(CONTRIBUTING|docs\/(architecture|decisions\/.*))\b/.test(path));
    const missing = ours.flatMap((path) =>
      [...read(path).matchAll(/`((?:proto|sdk|coordinator|runner|cli|test|examples)\/[\w./-]+\.\w+)`/g)]
        .map(([, name]) => name ?? "")
        .filter((name) => !isKnown(name))
        .map((name) => `${path}: ${name}`),
    );
    assert.deepEqual(missing, []);
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
    // A pointer to a document that is not here.
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
  const settings = ["docs/operating.md", "docs/configuration.md"].map(read).join("\n");

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
