import { commonJs, esm, type ModuleProject, mainTask, requiredMainTask, trace } from "../module-project.ts";

const store = "node_modules/.pnpm/left@1.0.0/node_modules";

/** Packages of the user's own repository, and the folder layouts of installers. */
export const workspaceProjects: readonly ModuleProject[] = [
  {
    name: "a linked package that was compiled to CommonJS and requires built-in modules",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[shared.kind, helper(), shared.dir]",
        `import shared, { helper } from "@acme/shared";`,
      ),
      "packages/shared/package.json": `{ "name": "@acme/shared", "main": "dist/index.js" }`,
      "packages/shared/dist/index.js": `"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\nexports.helper = exports.dir = exports.kind = void 0;\nconst fs = require("node:fs");\nexports.kind = typeof fs.readFileSync;\nexports.dir = __dirname;\nexports.helper = () => require("./inner").x;`,
      "packages/shared/dist/inner.js": `exports.x = require("path").posix.join("a", "b");`,
    },
    links: { "node_modules/@acme/shared": "packages/shared" },
  },
  {
    name: "a linked package of ES modules with packages of its own",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask("[total([1, 2]), url]", `import { total, url } from "@acme/math";`),
      "packages/math/package.json": `{ "name": "@acme/math", "type": "module", "exports": "./index.js" }`,
      "packages/math/index.js": `import { add } from "adder";\nexport const total = (all) => all.reduce(add, 0);\nexport const url = import.meta.url;`,
      "packages/math/node_modules/adder/index.js": `exports.add = (a, b) => a + b;`,
    },
    links: { "node_modules/@acme/math": "packages/math" },
  },
  {
    name: "a linked package whose entry is TypeScript",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[total([1, 2]), Kind.Sum, typeof sub]",
        `import { total, Kind } from "@acme/math";\nimport { sub } from "@acme/math/sub";`,
      ),
      "packages/math/package.json": `{ "name": "@acme/math", "type": "module", "exports": { ".": "./src/index.ts", "./*": "./src/*.ts" } }`,
      "packages/math/src/index.ts": `export { total, type Total } from "./total.js";\nexport enum Kind { Sum = "sum" }`,
      "packages/math/src/total.ts": `import { add } from "adder";\nexport type Total = number;\nexport const total = (all: readonly number[]): Total => all.reduce(add, 0);`,
      "packages/math/src/sub.ts": `export const sub = (a: number, b: number): number => a - b;`,
      "packages/math/node_modules/adder/index.js": `exports.add = (a, b) => a + b;`,
    },
    links: { "node_modules/@acme/math": "packages/math" },
    plain: {
      "trigger/main.js": mainTask(
        "[total([1, 2]), Kind.Sum, typeof sub]",
        `import { total, Kind } from "@acme/math";\nimport { sub } from "@acme/math/sub";`,
      ),
      "packages/math/package.json": `{ "name": "@acme/math", "type": "module", "exports": { ".": "./src/index.js", "./*": "./src/*.js" } }`,
      "packages/math/src/index.js": `export { total } from "./total.js";\nexport const Kind = { Sum: "sum" };`,
      "packages/math/src/total.js": `import { add } from "adder";\nexport const total = (all) => all.reduce(add, 0);`,
      "packages/math/src/sub.js": `export const sub = (a, b) => a - b;`,
    },
  },
  {
    name: "a package of TypeScript that was copied into node_modules, also required",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[double(2), byCjs.double(4), shared === byCjs.shared]",
        `import { double, shared } from "copied";\nimport byCjs from "./old.cjs";`,
      ),
      "trigger/old.cjs": `module.exports = require("copied");`,
      "node_modules/copied/package.json": `{ "name": "copied", "main": "src/index.ts", "type": "module" }`,
      "node_modules/copied/src/index.ts": `${trace("copied")}export { double } from "./double";\nexport const shared: object = {};`,
      "node_modules/copied/src/double.ts": `import { twice } from "twice";\nexport const double = (n: number): number => n * twice;`,
      "node_modules/copied/node_modules/twice/index.js": `exports.twice = 2;`,
    },
    plain: {
      "trigger/main.js": mainTask(
        "[double(2), byCjs.double(4), shared === byCjs.shared]",
        `import { double, shared } from "copied";\nimport byCjs from "./old.cjs";`,
      ),
      "node_modules/copied/package.json": `{ "name": "copied", "main": "src/index.js", "type": "module" }`,
      "node_modules/copied/src/index.js": `${trace("copied")}export { double } from "./double.js";\nexport const shared = {};`,
      "node_modules/copied/src/double.js": `import { twice } from "twice";\nexport const double = (n) => n * twice;`,
    },
  },
  {
    name: "a store of links: each package sees its own neighbours",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[left(), viaRequire, await import('right').catch((error) => error.code)]",
        `import { left } from "left";\nimport viaRequire from "./old.cjs";`,
      ),
      "trigger/old.cjs": `let found; try { found = require("right"); } catch (error) { found = error.code; } module.exports = [found, typeof require("left").left];`,
      [`${store}/left/package.json`]: `{ "name": "left", "type": "module", "exports": "./index.js" }`,
      [`${store}/left/index.js`]: `export { right as left } from "right";`,
      [`${store}/right/package.json`]: `{ "name": "right", "type": "module", "exports": "./index.js" }`,
      [`${store}/right/index.js`]: `export const right = () => "found";`,
    },
    links: { "node_modules/left": `${store}/left` },
  },
  {
    name: "a linked package that uses another linked one, once",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[core === viaUi, core.n]",
        `import { core } from "@acme/core";\nimport { viaUi } from "@acme/ui";`,
      ),
      "packages/core/package.json": `{ "name": "@acme/core", "type": "module", "exports": "./index.js" }`,
      "packages/core/index.js": `${trace("core")}export const core = { n: 1 };`,
      "packages/ui/package.json": `{ "name": "@acme/ui", "type": "module", "exports": "./index.js" }`,
      "packages/ui/index.js": `export { core as viaUi } from "@acme/core";`,
    },
    links: {
      "node_modules/@acme/core": "packages/core",
      "node_modules/@acme/ui": "packages/ui",
      "packages/ui/node_modules/@acme/core": "packages/core",
    },
  },
  {
    name: "TypeScript of a linked package of CommonJS",
    files: {
      ...commonJs,
      "trigger/main.ts": mainTask("[tool.run(), tool.where]", `import tool from "@acme/tool";`),
      "packages/tool/package.json": `{ "name": "@acme/tool", "type": "commonjs", "main": "./src/index.ts" }`,
      "packages/tool/src/index.ts": `import fs = require("node:fs");\nconst where: string = __dirname;\nexport = { run: () => typeof fs.readFileSync, where };`,
    },
    links: { "node_modules/@acme/tool": "packages/tool" },
    plain: {
      "trigger/main.js": requiredMainTask("[tool.run(), tool.where]", `const tool = require("@acme/tool");`),
      "packages/tool/package.json": `{ "name": "@acme/tool", "type": "commonjs", "main": "./src/index.js" }`,
      "packages/tool/src/index.js": `const fs = require("node:fs");\nmodule.exports = { run: () => typeof fs.readFileSync, where: __dirname };`,
    },
  },
];
