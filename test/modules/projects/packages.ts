import { commonJs, esm, type ModuleProject, mainTask, requiredMainTask, trace } from "../module-project.ts";

const dual = {
  "node_modules/dual/package.json": `{ "name": "dual", "exports": { ".": { "import": "./i.mjs", "require": "./i.cjs" }, "./sub": { "require": "./sub.cjs", "default": "./sub.mjs" } } }`,
  "node_modules/dual/i.mjs": `export const kind = "import"; export default "import";`,
  "node_modules/dual/i.cjs": `exports.kind = "require"; exports.default = "require";`,
  "node_modules/dual/sub.mjs": `export const kind = "sub import";`,
  "node_modules/dual/sub.cjs": `exports.kind = "sub require";`,
};

/** The file of a package to which an import leads. */
export const packageProjects: readonly ModuleProject[] = [
  {
    name: "conditions import and require, from an ES module and from what it requires",
    files: {
      ...esm,
      ...dual,
      "trigger/main.mjs": mainTask(
        "[kind, sub, old.kind, old.sub, (await import('dual')).kind]",
        `import { kind } from "dual";\nimport { kind as sub } from "dual/sub";\nimport old from "./old.cjs";`,
      ),
      "trigger/old.cjs": `exports.kind = require("dual").kind; exports.sub = require("dual/sub").kind;`,
    },
  },
  {
    name: "conditions import and require, from TypeScript that becomes CommonJS",
    files: {
      ...commonJs,
      ...dual,
      "trigger/main.ts": mainTask(
        "[kind, sub.kind, (await import('dual')).kind, modern]",
        `import { kind } from "dual";\nimport * as sub from "dual/sub";\nimport { kind as modern } from "./modern.mts";`,
      ),
      "trigger/modern.mts": `export { kind } from "dual";`,
    },
  },
  {
    name: "the order of conditions: node, module-sync, node-addons, default; no browser, module or production",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[a.default, b.default, c.default, d.default, old]",
        `import * as a from "order/a";\nimport * as b from "order/b";\nimport * as c from "order/c";\nimport * as d from "order/d";\nimport old from "./old.cjs";`,
      ),
      "trigger/old.cjs": `module.exports = ["a", "b", "c", "d"].map((name) => require("order/" + name).default);`,
      "node_modules/order/package.json": JSON.stringify({
        name: "order",
        exports: {
          "./a": {
            browser: "./0.cjs",
            module: "./0.cjs",
            production: "./0.cjs",
            development: "./0.cjs",
            node: "./1.cjs",
            default: "./2.cjs",
          },
          "./b": { "module-sync": "./0.cjs", node: "./1.cjs", default: "./2.cjs" },
          "./c": { worker: "./0.cjs", "node-addons": "./1.cjs", default: "./2.cjs" },
          "./d": [{ browser: "./0.cjs" }, { default: "./2.cjs" }],
        },
      }),
      ...Object.fromEntries([0, 1, 2].map((n) => [`node_modules/order/${n}.cjs`, `exports.default = ${n};`])),
    },
  },
  {
    name: "patterns, hidden parts and what is not exported",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[a, await code(() => import('strict/private/x.js')), await code(() => import('strict/absent.js')), old]",
        `import { a } from "strict/features/a.js";\nimport old from "./old.cjs";\nconst code = (load) => load().catch((error) => error.code);`,
      ),
      "trigger/old.cjs": `module.exports = ["strict/private/x.js", "strict/features/absent.js", "strict"].map((name) => { try { return require(name); } catch (error) { return error.code; } });`,
      "node_modules/strict/package.json": `{ "name": "strict", "exports": { "./features/*.js": "./src/*.js", "./features/private/*": null } }`,
      "node_modules/strict/src/a.js": `exports.a = "a";`,
      "node_modules/strict/private/x.js": `exports.x = 1;`,
    },
  },
  {
    name: "a package that imports itself by its name, and #imports",
    files: {
      "package.json": `{ "name": "self", "type": "module", "exports": { "./lib": "./src/lib.mjs" }, "imports": { "#lib": "./src/lib.mjs", "#parts/*": "./src/parts/*.mjs", "#db": { "node": "./src/node.mjs", "default": "./src/other.mjs" }, "#dep": "old" } }`,
      "trigger/main.mjs": mainTask(
        "[own === lib, part, db, dep.a, (await import('#parts/one')).part, (await import('self/' + 'lib')).lib === lib, import.meta.resolve('#lib')]",
        `import { lib as own } from "self/lib";\nimport { lib } from "#lib";\nimport { part } from "#parts/one";\nimport { db } from "#db";\nimport dep from "#dep";`,
      ),
      "src/lib.mjs": `${trace("lib")}export const lib = {};`,
      "src/parts/one.mjs": `export const part = "one";`,
      "src/node.mjs": `export const db = "node";`,
      "src/other.mjs": `export const db = "other";`,
      "node_modules/old/index.js": `exports.a = 1;`,
    },
  },
  {
    name: "the same from CommonJS",
    files: {
      "package.json": `{ "name": "self", "exports": { "./lib": "./src/lib.cjs" }, "imports": { "#lib": "./src/lib.cjs", "#dep": { "require": "old", "import": "./absent.mjs" } } }`,
      "trigger/main.cjs": requiredMainTask(
        "[require('self/lib') === require('#lib'), require('#dep').a, require('self/' + 'lib').lib, require.resolve('#lib')]",
      ),
      "src/lib.cjs": `${trace("lib")}exports.lib = 1;`,
      "node_modules/old/index.js": `exports.a = 1;`,
    },
  },
  {
    name: "main of older packages: without ending, a folder, none at all",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[a, b, c, d]",
        `import a from "a";\nimport b from "b";\nimport c from "c";\nimport d from "@scope/d/lib/part.js";`,
      ),
      "node_modules/a/package.json": `{ "name": "a", "main": "lib/start" }`,
      "node_modules/a/lib/start.js": `module.exports = "a";`,
      "node_modules/b/package.json": `{ "name": "b", "main": "./lib" }`,
      "node_modules/b/lib/index.js": `module.exports = "b";`,
      "node_modules/c/package.json": `{ "name": "c", "module": "./esm.js" }`,
      "node_modules/c/index.js": `module.exports = "c";`,
      "node_modules/c/esm.js": `export default "module";`,
      "node_modules/@scope/d/package.json": `{ "name": "@scope/d" }`,
      "node_modules/@scope/d/lib/part.js": `module.exports = "d";`,
    },
  },
  {
    name: "parts of a package without their ending, as CommonJS finds them",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[require('old/lib/part'), require('old/lib'), require('old/package.json').name]",
      ),
      "node_modules/old/package.json": `{ "name": "old" }`,
      "node_modules/old/lib/part.js": `module.exports = "part";`,
      "node_modules/old/lib/index.js": `module.exports = "folder";`,
    },
  },
  {
    name: "the same from an ES module, as bundlers allow it",
    files: {
      ...esm,
      "trigger/main.ts": mainTask("[part, folder]", `import part from "old/lib/part";\nimport folder from "old/lib";`),
      "node_modules/old/package.json": `{ "name": "old" }`,
      "node_modules/old/lib/part.js": `module.exports = "part";`,
      "node_modules/old/lib/index.js": `module.exports = "folder";`,
    },
    plain: {
      "trigger/main.js": mainTask(
        "[part, folder]",
        `import part from "old/lib/part.js";\nimport folder from "old/lib/index.js";`,
      ),
    },
  },
  {
    name: "two versions of one package",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[outer, inner, byCjs.version]",
        `import { version as outer } from "lib";\nimport { inner } from "../area/a.mjs";\nimport byCjs from "../area/b.cjs";`,
      ),
      "area/a.mjs": `export { version as inner } from "lib";`,
      "area/b.cjs": `exports.version = require("lib").version;`,
      "area/node_modules/lib/index.js": `exports.version = 2;`,
      "node_modules/lib/index.js": `exports.version = 1;`,
    },
  },
  {
    name: "a package with the name of a built-in module",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[require('punycode/').own, require('string_decoder/').own, typeof require('string_decoder').StringDecoder]",
      ),
      "node_modules/punycode/package.json": `{ "name": "punycode", "main": "p.js" }`,
      "node_modules/punycode/p.js": `exports.own = "package";`,
      "node_modules/string_decoder/package.json": `{ "name": "string_decoder", "main": "lib.js" }`,
      "node_modules/string_decoder/lib.js": `exports.own = "package";`,
    },
  },
  {
    name: "package.json of another type in a folder of the project",
    files: {
      ...esm,
      "trigger/main.js": mainTask(
        "[legacy.kind, modern.kind]",
        `import legacy from "../legacy/a.js";\nimport * as modern from "../legacy/modern/a.js";`,
      ),
      "legacy/package.json": `{ "type": "commonjs" }`,
      "legacy/a.js": `exports.kind = typeof require;`,
      "legacy/modern/package.json": `{ "type": "module" }`,
      "legacy/modern/a.js": `export const kind = typeof this;`,
    },
  },
  {
    name: "JavaScript without a type: its syntax decides",
    files: {
      "package.json": "{}",
      "trigger/main.js": mainTask(
        "[old.x, modern]",
        `import old from "../src/old.js";\nimport { modern } from "../src/modern.js";`,
      ),
      "src/old.js": `exports.x = typeof module;`,
      "src/modern.js": `export const modern = typeof import.meta.url;`,
    },
  },
];
