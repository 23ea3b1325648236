import { esm, type ModuleProject, mainTask, trace } from "../module-project.ts";

/** ES modules of a project. */
export const esModuleProjects: readonly ModuleProject[] = [
  {
    name: "bindings are live",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[count, (add(), count), all.count]",
        `import { add, count } from "./again.mjs";\nimport * as all from "./again.mjs";`,
      ),
      "trigger/again.mjs": `export { add, count } from "./counter.mjs";`,
      "trigger/counter.mjs": `export let count = 0;\nexport const add = () => { count += 1; };`,
    },
  },
  {
    name: "exports of every form",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[Object.keys(all).sort(), all['a name'], all.inner.one, all.two, all.default(), all.default.name, renamed, other.default]",
        `import * as all from "./forms.mjs";\nimport { "a name" as renamed } from "./forms.mjs";\nimport * as other from "./other.mjs";`,
      ),
      "trigger/forms.mjs": `export * as inner from "./inner.mjs";\nexport { one as two, default as second } from "./inner.mjs";\nconst text = "text";\nexport { text as "a name" };\nexport default function () { return "default"; }\nexport const { x, y: [z] } = { x: 1, y: [2] };\nexport class K {}\nexport async function* g() {}`,
      "trigger/inner.mjs": `export const one = 1;\nexport default class {}`,
      "trigger/other.mjs": `export { one as default } from "./inner.mjs";`,
    },
  },
  {
    name: "names that two stars export are not exported, own names win",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask("[Object.keys(all).sort(), all.own]", `import * as all from "./both.mjs";`),
      "trigger/both.mjs": `export * from "./a.mjs";\nexport * from "./b.mjs";\nexport const own = "own";`,
      "trigger/a.mjs": `export const both = 1, a = 1, own = "a";`,
      "trigger/b.mjs": `export const both = 2, b = 2;`,
    },
  },
  {
    name: "names of default exports",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[arrow.name, klass.name, fn.name, named.name]",
        `import arrow from "./arrow.mjs";\nimport klass from "./klass.mjs";\nimport fn from "./fn.mjs";\nimport named from "./named.mjs";`,
      ),
      "trigger/arrow.mjs": `export default () => 1;`,
      "trigger/klass.mjs": `export default class {}`,
      "trigger/fn.mjs": `export default function () {}`,
      "trigger/named.mjs": `export default function mine() {}`,
    },
  },
  {
    name: "import.meta: its members, resolve, and a second copy of one file",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[Object.keys(import.meta).sort(), import.meta.url, import.meta.filename, import.meta.dirname, again.meta === import.meta, typeof import.meta.resolve, codes]",
        `import * as again from "./again.mjs";\nconst codes = [import.meta.resolve("./absent.mjs"), import.meta.resolve("old"), import.meta.resolve("node:fs"), import.meta.resolve("fs")];\ntry { import.meta.resolve("not-installed"); } catch (error) { codes.push(error.code); }`,
      ),
      "trigger/again.mjs": `export const meta = import.meta;\nimport.meta.added = 1;`,
      "node_modules/old/package.json": `{ "name": "old", "exports": { "import": "./i.mjs", "require": "./i.cjs" } }`,
      "node_modules/old/i.mjs": ``,
    },
  },
  {
    name: "import() of variables: a file, a package, a built-in, an address, a query",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[await load('./part.mjs', 'n'), await load('old', 'a'), await load('node:path', 'sep'), await load(new URL('./part.mjs', import.meta.url).href, 'n'), await load('data:text/javascript,export const d = 1', 'd'), await load('./part.mjs?copy', 'n'), await load('./part.mjs', 'n'), (await import('./part.mjs?copy')).n]",
        `const load = async (name, member) => (await import(name))[member];`,
      ),
      "trigger/part.mjs": `globalThis.parts = (globalThis.parts ?? 0) + 1;\nexport const n = globalThis.parts;`,
      "node_modules/old/index.js": `exports.a = 1;`,
    },
  },
  {
    name: "import() of what is absent rejects when it is reached",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[await code(() => import('./absent.mjs')), await code(() => import('not-installed')), await code(() => import('./' + 'gone.mjs')), await code(() => import('not-' + 'there')), await code(() => import('strict/hidden.js')), await code(() => import('#nothing'))]",
        `const code = (load) => load().catch((error) => error.code);`,
      ),
      "node_modules/strict/package.json": `{ "name": "strict", "exports": "./index.js" }`,
      "node_modules/strict/index.js": "",
    },
  },
  {
    name: "import() of a computed path: one of a folder",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[await handle('mail'), await handle('push')]",
        "const handle = async (kind) => (await import(`../handlers/${kind}.mjs`)).default;",
      ),
      "handlers/mail.mjs": `export default "by mail";`,
      "handlers/push.mjs": `import { text } from "./text.mjs";\nexport default text;`,
      "handlers/text.mjs": `export const text = "by push";`,
    },
  },
  {
    name: "a module that throws keeps its error",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[first === second, first.message, globalThis.trace.length]",
        `const tried = () => import("../src/throws.mjs").catch((error) => error);\nconst first = await tried();\nconst second = await tried();`,
      ),
      "src/throws.mjs": `${trace("throws")}throw new Error("always");`,
    },
  },
  {
    name: "the namespace object",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[Object.keys(all), all[Symbol.toStringTag], Object.isSealed(all), Object.getPrototypeOf(all), failure, (await import('./part.mjs')) === all, (await import('../trigger/part.mjs')) === all]",
        `import * as all from "./part.mjs";\nlet failure;\ntry { all.b = 1; } catch (error) { failure = error.name; }`,
      ),
      "trigger/part.mjs": `export const b = 1, a = 2;`,
    },
  },
  {
    name: "strict mode, no this, a first line for the shell",
    files: {
      ...esm,
      "trigger/main.mjs": `#!/usr/bin/env node\n${mainTask("[atTop, self(), failure]", "const atTop = typeof this;\nfunction self() { return this === undefined; }\nlet failure;\ntry { undeclared = 1; } catch (error) { failure = error.name; }")}`,
    },
  },
  {
    name: "texts, comments and patterns that look like imports",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[text, template, pattern.source, object.import(1), object.require, part]",
        `// import x from "./absent.mjs"\n/* require("./absent.cjs") */\nimport { part } from "./part.mjs"; const text = 'import("./absent.mjs")';\nconst template = \`import x from "./absent.mjs" \${"import.meta.url"} \${\`require("x")\`}\`;\nconst pattern = /import\\("x"\\)|require\\(/;\nconst object = { import: (n) => n + 1, require: "member", meta: 1 };`,
      ),
      "trigger/part.mjs": `export const part = "import.meta.url";`,
    },
  },
  {
    name: "identifiers and texts outside ASCII",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[größe, π, all.größe, 名前, new Größe().maß]",
        `import all, { größe, π, 名前, Größe } from "./zeichen.mjs";`,
      ),
      "trigger/zeichen.mjs": `export const größe = "groß", π = 3.14, 名前 = "名前 😀";\nexport class Größe { maß = 1; }\nexport default { größe };`,
    },
  },
  {
    name: "built-in modules by every name",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[join('a', 'b'), path.sep, typeof readFile, fs === all.default, typeof all.readFileSync, typeof process.pid, Buffer.from('x').length]",
        `import path, { join } from "path";\nimport { readFile } from "node:fs/promises";\nimport fs from "fs";\nimport * as all from "node:fs";\nimport process from "node:process";\nimport { Buffer } from "buffer";`,
      ),
    },
  },
  {
    name: "createRequire: one instance with import, JSON, and a name of its own",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[part === imported, require('../data.json').n, require.resolve('./part.cjs'), load('old').a, code]",
        `import { createRequire } from "node:module";\nimport * as module from "module";\nimport imported from "./part.cjs";\nconst require = createRequire(import.meta.url);\nconst load = module.createRequire(import.meta.filename);\nconst part = require("./part.cjs");\nlet code;\ntry { require("not-installed"); } catch (error) { code = error.code; }`,
      ),
      "trigger/part.cjs": `${trace("part")}module.exports = { x: 1 };`,
      "data.json": `{ "n": 1 }`,
      "node_modules/old/index.js": `exports.a = 1;`,
    },
  },
  {
    name: "files with imports on one line and across many",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[a, b, c, d, e]",
        `import {\n  a,\n  b as\n    b,\n} from "./part.mjs"; import { c } from "./part.mjs"; import d,{e}from"./part.mjs";`,
      ),
      "trigger/part.mjs": `export const a = 1, b = 2, c = 3, e = 5; export default 4;`,
    },
  },
];
