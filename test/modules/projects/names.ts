import { esm, type ModuleProject, mainTask, requiredMainTask } from "../module-project.ts";

const long = "ein sehr langer Ordnername mit Umlauten äöü und 漢字 ".repeat(3).trim();

/** File names of every kind. */
export const nameProjects: readonly ModuleProject[] = [
  {
    name: "files whose names become equal when folders are left out",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[a, b, c, d, e, f]",
        `import { x as a } from "../src/a/b.ts";\nimport { x as b } from "../src/a_b.ts";\nimport { x as c } from "../src/a-b.ts";\nimport { x as d } from "../src/a/b/index.ts";\nimport { x as e } from "../src/A/b.ts";\nimport { x as f } from "../src/a b.ts";`,
      ),
      ...Object.fromEntries(
        ["a/b", "a_b", "a-b", "a/b/index", "A/b", "a b"].map((name) => [
          `src/${name}.ts`,
          `export const x: string = ${JSON.stringify(name)};`,
        ]),
      ),
    },
  },
  {
    name: "long paths outside ASCII",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[a, b]",
        `import { x as a } from "../${long}/${long}/größe.ts";\nimport { x as b } from "../${long}/${long}/groesse.ts";`,
      ),
      [`${long}/${long}/größe.ts`]: `export const x: string = "größe";`,
      [`${long}/${long}/groesse.ts`]: `export const x: string = "groesse";`,
    },
  },
  {
    name: "signs that mean something in addresses, required",
    files: {
      "trigger/main.cjs": requiredMainTask(
        `["a#b", "c?d", "e%20f", "g h", "i'j", 'k"l', "m+n&o=p", "(q)[r]{s}"].map((name) => [require("../src/" + name + ".cjs").name, require("../src/" + name + ".cjs").file])`,
      ),
      ...Object.fromEntries(
        ["a#b", "c?d", "e%20f", "g h", "i'j", 'k"l', "m+n&o=p", "(q)[r]{s}"].map((name) => [
          `src/${name}.cjs`,
          `exports.name = ${JSON.stringify(name)}; exports.file = __filename;`,
        ]),
      ),
    },
  },
  {
    name: "the same as addresses, imported",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[a, b, c, d, e.url, (await import('../src/a%23b.mjs')).url, (await import('../src/' + 'e%2520f.mjs')).url]",
        `import { url as a } from "../src/a%23b.mjs";\nimport { url as b } from "../src/c%3Fd.mjs";\nimport { url as c } from "../src/e%2520f.mjs";\nimport { url as d } from "../src/g h.mjs";\nimport * as e from "../src/g%20h.mjs";`,
      ),
      ...Object.fromEntries(
        ["a#b", "c?d", "e%20f", "g h"].map((name) => [`src/${name}.mjs`, "export const url = import.meta.url;"]),
      ),
    },
  },
  {
    name: "task files in folders with such names, and hidden folders",
    files: {
      ...esm,
      "trigger/[id] (group)/main task#1.ts": mainTask(
        "[a, b]",
        `import { x as a } from "../../.hidden/x.ts";\nimport { x as b } from "../../.hidden/.y.ts";`,
      ),
      ".hidden/x.ts": `export const x: string = "hidden folder";`,
      ".hidden/.y.ts": `export const x: string = "hidden file";`,
    },
    compilerOptions: { include: undefined },
    entry: "trigger/[id] (group)/main task#1.ts",
  },
  {
    name: "names of members of every object, and those of our own files",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[a, b, c, d]",
        `import { x as a } from "./constructor.mjs";\nimport { x as b } from "./__proto__.mjs";\nimport c from "../manifest.json" with { type: "json" };\nimport d from "./empty.cjs";`,
      ),
      "trigger/constructor.mjs": `export const x = "constructor";`,
      "trigger/__proto__.mjs": `export const x = "proto";`,
      "trigger/empty.cjs": `module.exports = "not empty";`,
      "manifest.json": `"a manifest"`,
    },
  },
];
