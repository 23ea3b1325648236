import { commonJs, esm, type ModuleProject, mainTask, trace } from "../module-project.ts";

/** The format of a TypeScript file, and what its code can use there. */
export const typeScriptFormatProjects: readonly ModuleProject[] = [
  {
    name: "a package of CommonJS: require, module and the place of the file are there",
    files: {
      ...commonJs,
      "trigger/main.ts": mainTask(
        "[typeof require, typeof module.exports, require.resolve('./part').endsWith('part.js') || require.resolve('./part').endsWith('part.ts'), path.basename(__dirname), part.x, self()]",
        `import path from "node:path";\nimport * as part from "./part";\nfunction self(this: unknown) { return this === undefined; }`,
      ),
      "trigger/part.ts": `export const x: number = 1;`,
    },
  },
  {
    name: "a package without type whose tsconfig says commonjs",
    compilerOptions: { module: "commonjs", moduleResolution: "bundler", rewriteRelativeImportExtensions: false },
    files: {
      "package.json": "{}",
      "trigger/main.ts": mainTask("[typeof require, x, require('./part').x]", `import { x } from "./part";`),
      "trigger/part.ts": `export const x = 1;`,
    },
  },
  {
    name: ".mts in a package of CommonJS and .cts in one of ES modules",
    files: {
      ...commonJs,
      "trigger/main.mts": mainTask(
        "[here, plain, other.deep, other.format]",
        `import plain from "../src/plain.ts";\nimport * as other from "../inner/a.cts";\nconst here = [typeof module, import.meta.url.length > 0];`,
      ),
      "src/plain.ts": `export = { format: typeof require };`,
      "inner/package.json": `{ "type": "module" }`,
      "inner/a.cts": `import { deep } from "./b.cts";\nexport const format = typeof require;\nexport { deep };`,
      "inner/b.cts": `export const deep = __filename.length > 0;`,
    },
  },
  {
    name: "export = and import = require",
    files: {
      ...commonJs,
      "trigger/main.ts": `import sdk = require("@baton/sdk");\nimport greet = require("./greet");\nimport fs = require("node:fs");\nexport const main = sdk.task({ id: "main", run: async () => [greet("you"), greet.loud, typeof fs.readFileSync] });\n`,
      "trigger/greet.ts": `function greet(name: string): string { return "hello " + name; }\nnamespace greet { export const loud = "HELLO"; }\nexport = greet;`,
    },
  },
  {
    name: "import = require in an ES module",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[typeof fs.readFileSync, part.x]",
        `import fs = require("node:fs");\nimport part = require("./part.cjs");`,
      ),
      "trigger/part.cjs": `exports.x = 1;`,
    },
  },
  {
    name: "default imports of packages from a file that becomes CommonJS",
    files: {
      ...commonJs,
      "trigger/main.ts": mainTask(
        "[compiled, all.default, all.named, plain.a, named, Object.keys(all).sort()]",
        `import compiled, * as all from "compiled";\nimport plain from "plain";\nimport { a as named } from "plain";`,
      ),
      "node_modules/compiled/index.js": `Object.defineProperty(exports, "__esModule", { value: true }); exports.default = "the default"; exports.named = 1;`,
      "node_modules/plain/index.js": `module.exports = { a: 1 };`,
    },
  },
  {
    name: "an ES module imports what became CommonJS: its names, its stars, its default",
    files: {
      ...commonJs,
      "trigger/main.mts": mainTask(
        "[own, starred, deep, Object.keys(all).filter((name) => name !== 'module.exports').sort()]",
        `import { own, starred, deep } from "../src/a.ts";\nimport * as all from "../src/a.ts";`,
      ),
      "src/a.ts": `export * from "./b";\nexport const own = 1;\nexport { deep } from "./c";`,
      "src/b.ts": `export const starred = 2;\nexport default "not starred";`,
      "src/c.ts": `export const deep = 3;`,
    },
  },
  {
    name: "what becomes CommonJS requires ES modules: a file and a package",
    files: {
      ...commonJs,
      "trigger/main.ts": mainTask(
        "[named, whole, all.named, fromPackage, other]",
        `import whole, { named } from "../src/lib.mts";\nimport * as all from "../src/lib.mts";\nimport fromPackage, { other } from "modern";`,
      ),
      "src/lib.mts": `export const named: number = 1;\nexport default "whole";`,
      "node_modules/modern/package.json": `{ "name": "modern", "type": "module", "exports": "./index.js" }`,
      "node_modules/modern/index.js": `export default "modern"; export const other = 2;`,
    },
  },
  {
    name: "bindings of what became CommonJS are live",
    files: {
      ...commonJs,
      "trigger/main.ts": mainTask(
        "[count, (add(), count), again.count]",
        `import { add, count } from "./counter";\nimport * as again from "./again";`,
      ),
      "trigger/again.ts": `export { count } from "./counter";`,
      "trigger/counter.ts": `export let count = 0;\nexport const add = (): void => { count += 1; };`,
    },
  },
  {
    name: "import() in what becomes CommonJS",
    files: {
      ...commonJs,
      "trigger/main.ts": mainTask(
        "[(await import('../src/lib.mjs')).x, (await import('../src/' + name)).x, (await import('old')).a, (await import('./part.ts')).y]",
        `const name: string = "lib.mjs";`,
      ),
      "trigger/part.ts": `export const y = 2;`,
      "src/lib.mjs": `export const x = 1;`,
      "node_modules/old/index.js": `exports.a = 1;`,
    },
  },
  {
    name: "a file that awaits at top level stays an ES module",
    files: {
      "package.json": "{}",
      "trigger/main.ts": mainTask(
        "[x, typeof part]",
        `import part from "./part.ts";\nconst x: number = await Promise.resolve(1);`,
      ),
      "trigger/part.ts": `export default "part" as string;`,
    },
    compilerOptions: { module: "commonjs" },
    plain: {
      "trigger/main.mjs": mainTask(
        "[x, typeof part]",
        `import part from "./part.mjs";\nconst x = await Promise.resolve(1);`,
      ),
      "trigger/part.mjs": `export default "part";`,
    },
    entry: "trigger/main.mjs",
  },
  {
    name: "imports without endings, as bundlers resolve them",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[part, folder, aliased, typeof late]",
        `import { part } from "./part";\nimport { folder } from "./folder";\nimport { part as aliased } from "@/part";\nconst late = await import("./folder/late");`,
      ),
      "trigger/part.ts": `export const part: string = "part";`,
      "trigger/folder/index.ts": `export { late as folder } from "./late";`,
      "trigger/folder/late.ts": `export const late = "late" as const;`,
    },
    compilerOptions: { module: "esnext", moduleResolution: "bundler", paths: { "@/*": ["./trigger/*"] } },
    plain: {
      "trigger/main.js": mainTask(
        "[part, folder, aliased, typeof late]",
        `import { part } from "./part.js";\nimport { folder } from "./folder/index.js";\nimport { part as aliased } from "./part.js";\nconst late = await import("./folder/late.js");`,
      ),
      "trigger/part.js": `export const part = "part";`,
      "trigger/folder/index.js": `export { late as folder } from "./late.js";`,
      "trigger/folder/late.js": `export const late = "late";`,
    },
  },
  {
    name: "JavaScript and TypeScript that import each other, by the names of the output",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[a, b, c]",
        `import { a } from "./a.js";\nimport { b } from "./b.js";\nimport { c } from "./c.mjs";`,
      ),
      "trigger/a.ts": `export const a: number = 1;`,
      "trigger/b.js": `import { a } from "./a.js";\nexport const b = a + 1;`,
      "trigger/c.mts": `import { b } from "./b.js";\nexport const c: number = b + 1;`,
    },
  },
  {
    name: "one file in two formats: JavaScript beside TypeScript of the same name",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[ts, js, cjs]",
        `import { ts } from "./part.ts";\nimport { js } from "./part.mjs";\nimport cjs from "./part.cjs";`,
      ),
      "trigger/part.ts": `export const ts = "ts";`,
      "trigger/part.mjs": `export const js = "mjs";`,
      "trigger/part.cjs": `module.exports = "cjs";\n${trace("cjs")}`,
    },
  },
  {
    name: "esModuleInterop switched off: a namespace is what was exported",
    compilerOptions: { module: "commonjs", esModuleInterop: false },
    files: {
      ...commonJs,
      "trigger/main.ts": mainTask(
        "[express(), express.member, named]",
        `import * as express from "express-like";\nimport { member as named } from "express-like";`,
      ),
      "node_modules/express-like/index.js": `module.exports = () => "called"; module.exports.member = 1;`,
    },
    plain: {
      "trigger/main.js": `const sdk = require("@baton/sdk");\nconst express = require("express-like");\nexports.main = sdk.task({ id: "main", run: async () => [express(), express.member, express.member] });`,
    },
  },
];
