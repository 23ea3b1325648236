import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { internalCodes } from "@baton/sdk/lifecycle";
import {
  importsOf,
  packageOf,
  repositoryRoot,
  type SourceFile,
  sourceFiles,
  withoutComments,
} from "./support/source-files.ts";

interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(repositoryRoot, folder, "package.json"), "utf8")) as Manifest;
}

/** The packages of this workspace that each package may import. */
const allowedPackages: Readonly<Record<string, readonly string[]>> = {
  proto: [],
  sdk: ["@baton/proto"],
  coordinator: ["@baton/proto"],
  runner: ["@baton/proto", "@baton/sdk"],
  cli: ["@baton/coordinator", "@baton/proto", "@baton/runner", "@baton/sdk"],
};

const published = Object.keys(allowedPackages);
const written = (readManifest(".").workspaces ?? []).flatMap((folder) => sourceFiles(folder));

function isTest({ path }: SourceFile): boolean {
  return /\.test(\.support)?\.ts$/.test(path);
}

function packagesOf(file: SourceFile): readonly string[] {
  return importsOf(file).flatMap((specifier) => packageOf(specifier) ?? []);
}

/** Removes template texts from a file, because code that a test writes into a project does not follow these rules. */
function withoutTexts(file: SourceFile): SourceFile {
  return { ...file, text: file.text.replaceAll(/`(?:\\.|[^`\\])*`/gs, "``") };
}

function findLines(files: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return files.flatMap(({ path, text }) =>
    withoutComments(text)
      .split("\n")
      .filter((line) => pattern.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
}

/** Folders of pure code, and what each may import besides its own files. */
const pureParts = [
  { title: "the contract", folder: "proto/src/contract", allowed: /^$/ },
  { title: "the core", folder: "coordinator/src/core", allowed: /^@baton\/proto\/contract\/[\w-]+$/ },
];

for (const { allowed, folder, title } of pureParts) {
  describe(title, () => {
    const files = sourceFiles(folder).filter((file) => !isTest(file));

    test("is there", () => {
      assert.ok(files.length > 3);
    });

    test("imports what is as pure only", () => {
      const isInside = ({ path }: SourceFile, specifier: string): boolean =>
        specifier.startsWith(".") && join(path, "..", specifier).startsWith(`${folder}/`);
      const strangers = files.flatMap((file) =>
        importsOf(file)
          .filter((specifier) => !isInside(file, specifier) && !allowed.test(specifier))
          .map((specifier) => `${file.path}: ${specifier}`),
      );
      assert.deepEqual(strangers, []);
    });

    test("has no clock, no randomness, no timer and no process of its own", () => {
      const impure =
        /\b(Date\.now|new Date\(|Math\.random|performance\.|setTimeout|setInterval|setImmediate|queueMicrotask|process\.|crypto\.|globalThis|console\.)/;
      assert.deepEqual(findLines(files, impure), []);
    });
  });
}

/** The rooms that each room of the coordinator may import, besides files in no room that compose nothing. */
const allowedRooms: Readonly<Record<string, readonly string[]>> = {
  core: [],
  store: ["core"],
  moving: ["core", "store"],
  engine: ["core", "store"],
  callers: ["core", "engine", "store"],
  runners: ["callers", "core", "engine", "store"],
  // It serves the composed coordinator.
  grpc: ["callers", "coordinator.ts", "core", "engine", "runners", "store"],
};
/** The files that compose the rooms. */
const composers = new Set(["coordinator.ts", "start-coordinator.ts", "index.ts"]);

test("the rooms of the coordinator import one way", () => {
  const root = "coordinator/src/";
  const files = sourceFiles("coordinator/src").filter(
    (file) => !isTest(file) && file.path.slice(root.length).includes("/"),
  );
  const rooms = new Set(files.map(({ path }) => path.slice(root.length).split("/")[0] ?? ""));
  assert.deepEqual([...rooms].sort(), Object.keys(allowedRooms).sort());
  const strangers = files.flatMap((file) => {
    const [room = ""] = file.path.slice(root.length).split("/");
    const isAllowed = (target: string): boolean => {
      const [first = "", ...rest] = target.slice(root.length).split("/");
      if (rest.length === 0 && !composers.has(first)) return true;
      return first === room || (allowedRooms[room] ?? []).includes(first);
    };
    return importsOf(file)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => join(file.path, "..", specifier))
      .filter((target) => !isAllowed(target))
      .map((target) => `${file.path}: ${target}`);
  });
  assert.deepEqual(strangers, []);
});

/**
 * Returns the files that are in an import cycle or lead to one: removes files that import none of the rest until no
 * such file is left.
 */
function circlesOf(files: readonly SourceFile[]): readonly string[] {
  const left = new Map(
    files.map((file) => [
      file.path,
      importsOf(file)
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => join(file.path, "..", specifier)),
    ]),
  );
  let size: number;
  do {
    size = left.size;
    for (const [path, targets] of left) if (!targets.some((target) => left.has(target))) left.delete(path);
  } while (left.size < size);
  return [...left.keys()];
}

test("no file imports itself through others", () => {
  const a = { path: "x/a.ts", text: 'import type { B } from "./b.ts";' };
  const b = { path: "x/b.ts", text: 'import { a } from "./a.ts";' };
  assert.deepEqual(circlesOf([a, b]), ["x/a.ts", "x/b.ts"]);
  assert.deepEqual(
    published.flatMap((folder) => circlesOf(sourceFiles(`${folder}/src`).filter((file) => !isTest(file)))),
    [],
  );
});

describe("packages", () => {
  for (const folder of published) {
    const sources = sourceFiles(`${folder}/src`);
    const { name: ownName, dependencies: installed = {}, devDependencies = {} } = readManifest(folder);
    // The build of the SDK bundles what it uses (decision 0016).
    const dependencies = folder === "sdk" ? devDependencies : installed;

    test(`${folder} knows only the packages below it`, () => {
      const allowed = allowedPackages[folder] ?? [];
      const isOurs = (name: string): boolean => name.startsWith("@baton/");
      const known = [...Object.keys(installed), ...sources.flatMap(packagesOf)];
      const strangers = known.filter((name) => isOurs(name) && name !== ownName && !allowed.includes(name));
      assert.deepEqual(strangers, []);
    });

    test(`${folder} declares what it imports`, () => {
      const missing = sources
        .filter((file) => !isTest(file))
        .flatMap((file) =>
          packagesOf(file)
            .filter((name) => dependencies[name] === undefined && name !== ownName)
            .map((name) => `${file.path}: ${name}`),
        );
      assert.deepEqual(missing, []);
    });
  }

  test("reach into no other package's files", () => {
    const strangers = written.flatMap((file) => {
      const depth = file.path.split("/").length - 2;
      return importsOf(file)
        .filter((specifier) => (/^(\.\.\/)+/.exec(specifier)?.[0].length ?? 0) / 3 > depth)
        .map((specifier) => `${file.path}: ${specifier}`);
    });
    assert.deepEqual(strangers, []);
  });

  test("the SDK brings nothing into an application", () => {
    assert.deepEqual(readManifest("sdk").dependencies, undefined);
  });

  test("the SDK uses packages only where its build bundles them", () => {
    const files = sourceFiles("sdk/src").filter(
      (file) => !isTest(file) && !/^sdk\/src\/(bundled|contract)\//.test(file.path),
    );
    const withoutTypes = ({ path, text }: SourceFile) => ({
      path,
      text: text.replaceAll(/^(import|export) type /gm, ""),
    });
    assert.deepEqual(
      files.map(withoutTypes).flatMap((file) => packagesOf(file).map((name) => `${file.path}: ${name}`)),
      [],
    );
  });
});

describe("files", () => {
  test("are named after what is in them", () => {
    const vague =
      /^(utils?|helpers?|types?|managers?|common|misc|shared)(\.test)?\.ts$|-(utils?|helpers?|types|manager)\.ts$/;
    assert.deepEqual(
      written.filter(({ path }) => vague.test(basename(path))).map(({ path }) => path),
      [],
    );
  });

  test("are named in kebab case", () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.((process\.)?test|test\.support|config))?\.ts$/;
    assert.deepEqual(
      written.filter(({ path }) => !kebab.test(basename(path))).map(({ path }) => path),
      [],
    );
  });

  test("export by name", () => {
    // A configuration file has the form that its tool expects, and `baton init` writes one.
    const exempt = /(\.config|\/init-templates)\.ts$/;
    const named = written.filter(({ path }) => !exempt.test(path)).map(withoutTexts);
    assert.deepEqual(findLines(named, /^\s*export (default\b|\*)/), []);
  });

  test("say no any", () => {
    assert.deepEqual(findLines(written.map(withoutTexts), /(:|\bas|\||<|,)\s*any\b(?!["'`])|\bany\[\]/), []);
  });

  test("name an issue wherever something is left to do", () => {
    const marker = new RegExp(`\\b(${["TO", "DO"].join("")}|FIXME|XXX)\\b(?!\\(#\\d+\\))`);
    const lines = written
      .filter(({ path }) => path !== "test/tidy.test.ts")
      .flatMap(({ path, text }) =>
        text
          .split("\n")
          .filter((line) => marker.test(line))
          .map((line) => `${path}: ${line}`),
      );
    assert.deepEqual(lines, []);
  });
});

describe("error codes", () => {
  const documented = new Set(
    [...readFileSync(join(repositoryRoot, "docs/errors.md"), "utf8").matchAll(/^\|\s*`([A-Z][A-Z0-9_]+)`/gm)].map(
      ([, code]) => code ?? "",
    ),
  );
  const sources = published.flatMap((folder) => sourceFiles(`${folder}/src`)).filter((file) => !isTest(file));

  test("that are documented are used", () => {
    const text = sources.map((file) => file.text).join("\n");
    assert.deepEqual(
      [...documented].filter((code) => !new RegExp(`"${code}"`).test(text)),
      [],
    );
  });

  test("that a thread, a host or a runner gives a failed attempt are documented", () => {
    assert.deepEqual(
      internalCodes.filter((code) => !documented.has(code)),
      [],
    );
  });

  test("of every error class are documented", () => {
    const codes = sources.flatMap(({ text }) => [...text.matchAll(/\bcode(?:: string)? = "([A-Z][A-Z0-9_]+)"/g)]);
    const thrown = sources.flatMap(({ text }) => [...text.matchAll(/new CliError\(\s*"([A-Z][A-Z0-9_]+)"/g)]);
    assert.deepEqual(
      [...new Set([...codes, ...thrown].map(([, code]) => code ?? ""))].filter((code) => !documented.has(code)),
      [],
    );
  });
});
