import { esm, type ModuleProject, mainTask, requiredMainTask, trace } from "../module-project.ts";

const compiled = `Object.defineProperty(exports, "__esModule", { value: true }); exports.default = "the default"; exports.named = 1;`;

/** Imports between ES modules and CommonJS packages. */
export const interopProjects: readonly ModuleProject[] = [
  {
    name: "an ES module imports compiled CommonJS: the default is all of it",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[all, all.default, named, Object.keys(space).sort()]",
        `import all, { named } from "compiled";\nimport * as space from "compiled";`,
      ),
      "node_modules/compiled/index.js": compiled,
    },
  },
  {
    name: "the same from TypeScript in a package of ES modules",
    files: {
      ...esm,
      "trigger/main.ts": mainTask("[all, named]", `import all, { named } from "compiled";`),
      "node_modules/compiled/index.js": compiled,
    },
  },
  {
    name: "the same from TypeScript that leaves the format to a bundler: the default is exports.default",
    compilerOptions: { module: "esnext", moduleResolution: "bundler" },
    files: {
      "package.json": "{}",
      "trigger/main.ts": mainTask(
        "[all, named, plain.a]",
        `import all, { named } from "compiled";\nimport plain from "plain";`,
      ),
      "node_modules/compiled/index.js": compiled,
      "node_modules/plain/index.js": `exports.a = 1;`,
    },
    plain: {
      "trigger/main.mjs": mainTask(
        "[compiled.default, named, plain.a]",
        `import compiled, { named } from "compiled";\nimport plain from "plain";`,
      ),
    },
    entry: "trigger/main.mjs",
  },
  {
    name: "names that Node.js sees: re-exports, getters, object literals",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[a, b, c, d]",
        `import { a } from "stars";\nimport { b } from "getters";\nimport { c, d } from "literal";`,
      ),
      "node_modules/stars/index.js": `module.exports = require("./inner.js");`,
      "node_modules/stars/inner.js": `exports.a = "a";`,
      "node_modules/getters/index.js": `Object.defineProperty(exports, "b", { enumerable: true, get: function () { return inner.b; } }); const inner = { b: "b" };`,
      "node_modules/literal/index.js": `const c = 3, d = 4; module.exports = { c, d };`,
    },
  },
  {
    name: "names that Node.js does not see are those of the object, as bundlers have it",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[hello, whole.hello, starred, Object.keys(space).includes('hello')]",
        `import whole, { hello } from "made";\nimport * as space from "made";\nimport { hello as starred } from "./again.mjs";`,
      ),
      "trigger/again.mjs": `export { hello } from "made";`,
      "node_modules/made/index.js": `const made = {}; for (const name of ["hello"]) made[name] = name; module.exports = made;`,
    },
    plain: {
      "trigger/main.mjs": mainTask("[made.hello, made.hello, made.hello, false]", `import made from "made";`),
    },
  },
  {
    name: "CommonJS that changes after it was imported",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask("[(whole.set(2), named), whole.named]", `import whole, { named } from "changes";`),
      "node_modules/changes/index.js": `exports.named = 1; exports.set = (value) => { exports.named = value; };`,
    },
  },
  {
    name: "one package through import and through require is one",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[imported === required.lib, imported.count]",
        `import imported from "single";\nimport required from "./old.cjs";`,
      ),
      "trigger/old.cjs": `exports.lib = require("single");`,
      "node_modules/single/index.js": `${trace("single")}exports.count = 1;`,
    },
  },
  {
    name: "one file of the project through import and through require is one",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[imported === required.lib, esmLike.then === undefined, esmLike.y]",
        `import imported from "./single.cjs";\nimport required from "./old.cjs";\nimport * as esmLike from "./modern.mjs";`,
      ),
      "trigger/old.cjs": `exports.lib = require("./single.cjs"); exports.modern = require("./modern.mjs");`,
      "trigger/single.cjs": `${trace("single")}exports.count = 1;`,
      "trigger/modern.mjs": `${trace("modern")}export const y = 1;`,
    },
  },
  {
    name: "CommonJS exports of other kinds: a text, null, an array, a class",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[text, nothing, list, new Klass().x, Klass.s]",
        `import text from "./text.cjs";\nimport nothing from "./nothing.cjs";\nimport list from "./list.cjs";\nimport Klass from "./klass.cjs";`,
      ),
      "trigger/text.cjs": `module.exports = "text";`,
      "trigger/nothing.cjs": `module.exports = null;`,
      "trigger/list.cjs": `module.exports = [1, 2];`,
      "trigger/klass.cjs": `module.exports = class { x = 1; static s = 2; };`,
    },
  },
  {
    name: "a task from module.exports, among other exports",
    files: {
      "trigger/main.cjs": `const { task } = require("@baton/sdk");\nmodule.exports = { main: task({ id: "main", run: async () => module.exports.other }), other: 5 };`,
    },
  },
  {
    name: "server-only and client-only are harmless",
    files: {
      ...esm,
      "trigger/main.ts": mainTask("secret", `import "server-only";\nimport { secret } from "../src/secret.ts";`),
      "src/secret.ts": `import "client-only";\nimport "server-only";\nexport const secret: number = 1;`,
      "node_modules/server-only/package.json": `{ "name": "server-only", "exports": { "react-server": "./empty.js", "default": "./index.js" } }`,
      "node_modules/server-only/index.js": `throw new Error("server-only");`,
      "node_modules/server-only/empty.js": "",
      "node_modules/client-only/index.js": `throw new Error("client-only");`,
    },
    plain: {
      "trigger/main.js": mainTask("secret", `import { secret } from "../src/secret.js";`),
      "src/secret.js": `export const secret = 1;`,
    },
  },
  {
    name: "an optional package that is not installed",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[native, later]",
        `let native = "none";\ntry { native = require("fast-native"); } catch (error) { if (error.code !== "MODULE_NOT_FOUND") throw error; }\nlet later;\nimport("fast-native").catch((error) => { later = error.code; });`,
      ),
    },
  },
];
