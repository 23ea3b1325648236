import { commonJs, esm, type ModuleProject, mainTask, requiredMainTask, trace } from "../module-project.ts";

/** The order in which files are evaluated. */
export const orderProjects: readonly ModuleProject[] = [
  {
    name: "a file that sets a variable comes before one that reads it, whatever other task files import",
    files: {
      ...esm,
      "trigger/main.ts": mainTask("url", `import "../src/env.ts";\nimport { url } from "../src/db.ts";`),
      "trigger/other.ts": `import { task } from "@baton/sdk";\nimport { url } from "../src/db.ts";\nexport const other = task({ id: "other", run: async () => url });`,
      "src/env.ts": `process.env.DATABASE = "set";\n${trace("env")}`,
      "src/db.ts": `export const url = process.env.DATABASE;\n${trace("db")}`,
    },
  },
  {
    name: "a CommonJS package above an ES module that reads what it sets",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask("seen", `import "dotenv-like/config.js";\nimport { seen } from "./reader.mjs";`),
      "trigger/reader.mjs": `export const seen = process.env.FROM_CONFIG;\n${trace("reader")}`,
      "node_modules/dotenv-like/package.json": `{ "name": "dotenv-like", "main": "index.js" }`,
      "node_modules/dotenv-like/config.js": `process.env.FROM_CONFIG = "yes"; ${trace("config")}`,
    },
  },
  {
    name: "a polyfill on line 1 comes before a decorated class that two task files import",
    compilerOptions: { experimentalDecorators: true },
    files: {
      ...esm,
      "trigger/main.ts": mainTask("known", `import "polyfill";\nimport { known } from "../src/service.ts";`),
      "trigger/another.ts": `import { task } from "@baton/sdk";\nimport "polyfill";\nimport { known } from "../src/service.ts";\nexport const another = task({ id: "another", run: async () => known });`,
      "src/service.ts": `const note = (target: unknown): void => void ((globalThis as any).known = (Reflect as any).mark(target));\n@note\nexport class Service {}\nexport const known = (globalThis as any).known;`,
      "node_modules/polyfill/package.json": `{ "name": "polyfill", "main": "index.js" }`,
      "node_modules/polyfill/index.js": `Reflect.mark = (target) => "marked " + target.name; ${trace("polyfill")}`,
    },
  },
  {
    name: "a circle of imports and a binding that is read too early",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask("tried", `import { tried } from "./a.mjs";`),
      "trigger/a.mjs": `import { read } from "./b.mjs";\nexport const late = 1;\nexport const tried = read();`,
      "trigger/b.mjs": `import { late } from "./a.mjs";\nlet early = "none";\ntry { early = late; } catch (error) { early = error.name; }\nexport const read = () => [early, late];`,
    },
  },
  {
    name: "a circle of imports through functions that are hoisted",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask("[isEven(10), early]", `import { isEven, early } from "./even.mjs";`),
      "trigger/even.mjs": `import { isOdd } from "./odd.mjs";\nexport { early } from "./odd.mjs";\nexport function isEven(n) { return n === 0 || isOdd(n - 1); }\n${trace("even")}`,
      "trigger/odd.mjs": `import { isEven } from "./even.mjs";\nexport function isOdd(n) { return n !== 0 && isEven(n - 1); }\nexport const early = isEven(0);\n${trace("odd")}`,
    },
  },
  {
    name: "depth first, each file once, exports from elsewhere in their place",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "globalThis.trace.length",
        `${trace("main")}import "./c.mjs";\nexport * from "./b.mjs";\nimport "./a.mjs";`,
      ),
      "trigger/a.mjs": `import "./shared.mjs";\n${trace("a")}`,
      "trigger/b.mjs": `import "./shared.mjs";\nexport { default as d } from "./d.cjs";\n${trace("b")}`,
      "trigger/c.mjs": `${trace("c")}`,
      "trigger/d.cjs": `${trace("d")}module.exports = 1;`,
      "trigger/shared.mjs": trace("shared"),
    },
  },
  {
    name: "imports of types only are not evaluated, imports for their effect are",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "({} as Shape as object)",
        `import { type Shape } from "./types.ts";\nimport type { Other } from "./other.ts";\nimport { Unused } from "./unused.ts";\nimport "./effect.ts";\nexport type { Other, Unused };`,
      ),
      "trigger/types.ts": `export interface Shape {}\n${trace("types")}`,
      "trigger/other.ts": `export interface Other {}\n${trace("other")}`,
      "trigger/unused.ts": `export interface Unused {}\n${trace("unused")}`,
      "trigger/effect.ts": trace("effect"),
    },
  },
  {
    name: "verbatimModuleSyntax keeps imports whose names are types",
    compilerOptions: { verbatimModuleSyntax: true },
    files: {
      ...esm,
      "trigger/main.ts": mainTask("1", `import { type Shape } from "./types.ts";\nexport type { Shape };`),
      "trigger/types.ts": `export interface Shape {}\n${trace("types")}`,
    },
  },
  {
    name: "await at top level holds up those who import, not those beside",
    files: {
      ...esm,
      "trigger/main.ts": mainTask("slow", `import { slow } from "./slow.ts";\nimport "./quick.ts";\n${trace("main")}`),
      "trigger/slow.ts": `${trace("slow begins")}export const slow = await new Promise<number>((resolve) => setTimeout(resolve, 20, 7));\n${trace("slow ends")}`,
      "trigger/quick.ts": trace("quick"),
    },
  },
  {
    name: "require where it stands, under a condition and in a function",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[lazy().x, globalThis.trace.length]",
        `${trace("top")}if (process.env.NEVER_SET) require("./never.cjs");\nrequire("./first.cjs");\n${trace("between")}const lazy = () => require("./lazy.cjs");`,
      ),
      "trigger/never.cjs": trace("never"),
      "trigger/first.cjs": trace("first"),
      "trigger/lazy.cjs": `${trace("lazy")}exports.x = 1;`,
    },
  },
  {
    name: "a circle of CommonJS files and what each sees of the other",
    files: {
      "trigger/main.cjs": requiredMainTask("a.seen", `const a = require("./a.cjs");`),
      "trigger/a.cjs": `exports.before = 1;\nconst b = require("./b.cjs");\nexports.after = 2;\nexports.seen = b.seen();`,
      "trigger/b.cjs": `const a = require("./a.cjs");\nconst early = { ...a };\nexports.seen = () => [early, { before: a.before, after: a.after }];`,
    },
  },
  {
    name: "a circle of TypeScript files that become CommonJS",
    files: {
      ...commonJs,
      "trigger/main.ts": mainTask("tried()", `import { tried } from "./a";`),
      "trigger/a.ts": `import { read } from "./b";\nexport const late = 1;\nconst early = read();\nexport const tried = () => [early ?? "undefined", read()];\n${trace("a")}`,
      "trigger/b.ts": `import { late } from "./a";\nexport const read = () => late;\n${trace("b")}`,
    },
  },
  {
    name: "import() evaluates when it is reached, and once",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        `[await read(), await read(), globalThis.trace.join()]`,
        `${trace("main")}const read = async () => (await import("./later.mjs")).count;`,
      ),
      "trigger/later.mjs": `${trace("later")}export const count = (globalThis.count = (globalThis.count ?? 0) + 1);`,
    },
  },
  {
    name: "a task file that imports another one shares its modules",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "state.hits",
        `import { child } from "./child.ts";\nimport { state } from "../src/state.ts";\nstate.hits += child ? 10 : 0;`,
      ),
      "trigger/child.ts": `import { task } from "@baton/sdk";\nimport { state } from "../src/state.ts";\nstate.hits += 1;\nexport const child = task({ id: "child", run: async () => 1 });`,
      "src/state.ts": `export const state = { hits: 0 };\n${trace("state")}`,
    },
  },
];
