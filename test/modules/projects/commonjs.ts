import { esm, type ModuleProject, mainTask, requiredMainTask, trace } from "../module-project.ts";

/** CommonJS files of a project. */
export const commonJsProjects: readonly ModuleProject[] = [
  {
    name: "require of a built-in module, of a variable, and of what is not installed",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[typeof fs.readFileSync, found.x, codes]",
        `const fs = require("node:fs");\nconst name = "./part.cjs";\nconst found = require(name);\nconst codes = [];\nfor (const missing of ["not-installed", "./absent.cjs"]) try { require(missing); } catch (error) { codes.push(error.code); }\ntry { require("not-installed-either"); } catch (error) { codes.push(error.code); }\ntry { require("./absent-too"); } catch (error) { codes.push(error.code); }\ntry { require.resolve("./gone"); } catch (error) { codes.push(error.code); }`,
      ),
      "trigger/part.cjs": `exports.x = 5;\n${trace("part")}`,
    },
  },
  {
    name: "what a file knows of itself",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[module.id === __filename, module.filename, __filename, __dirname, require.resolve('./part.cjs'), Object.keys(require.cache).filter((key) => key.includes('trigger')).sort(), module.paths.slice(0, 2), module.path, atTop]",
        `const part = require("./part.cjs");\nconst atTop = [this === module.exports, arguments.length, require.main === module, module.loaded, typeof module.require, typeof require.extensions];`,
      ),
      "trigger/part.cjs": `module.exports = 1;`,
    },
  },
  {
    name: "a module that is taken out of require.cache is evaluated again",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[first, second]",
        `const first = require("./count.cjs").count;\ndelete require.cache[require.resolve("./count.cjs")];\nconst second = require("./count.cjs").count;`,
      ),
      "trigger/count.cjs": `globalThis.count = (globalThis.count ?? 0) + 1;\nexports.count = globalThis.count;`,
    },
  },
  {
    name: "a module that is put into require.cache is what others get",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[user.real, user.made]",
        `const key = require.resolve("./real.cjs");\nrequire("./real.cjs");\nrequire.cache[key].exports = { real: "replaced" };\nconst user = require("./user.cjs");`,
      ),
      "trigger/user.cjs": `exports.real = require("./real.cjs").real;\nexports.made = key(require.cache);\nfunction key(cache) { return Object.keys(cache).some((name) => name.endsWith("real.cjs")); }`,
      "trigger/real.cjs": `exports.real = "real";`,
    },
  },
  {
    name: "module.exports is a function with properties",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[greet('you'), greet.loud('you'), typeof again]",
        `const greet = require("./greet");\nconst { loud: again } = require("./greet.js");`,
      ),
      "trigger/greet.js": `module.exports = (name) => "hello " + name;\nmodule.exports.loud = (name) => "HELLO " + name;`,
    },
  },
  {
    name: "getters among the exports are called when they are read",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[lib.cheap, lib.costly, lib.costly]",
        `const lib = require("./lib.cjs");\n${trace("required")}`,
      ),
      "trigger/lib.cjs": `exports.cheap = 1;\nlet calls = 0;\nObject.defineProperty(exports, "costly", { enumerable: true, get() { calls += 1; globalThis.trace.push("costly " + calls); return calls; } });`,
    },
  },
  {
    name: "require of folders, of names without ending, of JSON, and what comes first",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[require('../lib'), require('../lib/'), require('../lib/both'), require('../lib/only'), require('../lib/data.json').n, require('../pkg')]",
      ),
      "lib/index.js": `module.exports = "index";`,
      "lib/both.js": `module.exports = "js";`,
      "lib/both.json": `"json"`,
      "lib/only.json": `"only"`,
      "lib/data.json": `{ "n": 1 }`,
      "pkg/package.json": `{ "main": "./start" }`,
      "pkg/start.js": `module.exports = "main of a folder";`,
    },
  },
  {
    name: "one JSON object is shared by those who require it",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[a === b, b.added]",
        `const a = require("../data.json");\na.added = 1;\nconst b = require("./reader.cjs");`,
      ),
      "trigger/reader.cjs": `module.exports = require("../data.json");`,
      "data.json": `{}`,
    },
  },
  {
    name: "sloppy mode: this in functions, globals by assignment, with, octal numbers, return at top level",
    files: {
      "trigger/main.cjs": requiredMainTask("found", `const found = require("./sloppy.cjs");`),
      "trigger/sloppy.cjs": `madeHere = 2;\nfunction self() { return this === globalThis; }\nwith ({ inner: 3 }) { var outer = inner; }\nmodule.exports = [globalThis.madeHere, self(), outer, 017, delete globalThis.madeHere];\nif (outer) return;\nmodule.exports = "too far";`,
    },
  },
  {
    name: "a first line for the shell, and a directive",
    files: {
      "trigger/main.cjs": `#!/usr/bin/env node\n"use strict";\n${requiredMainTask("[self(), require('./loose.cjs')()]", "function self() { return this === undefined; }")}`,
      "trigger/loose.cjs": `#!/usr/bin/env node\nmodule.exports = function () { return this === undefined; };`,
    },
  },
  {
    name: "require of an ES module, also of one that awaits",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[lib.named, lib.default, Object.keys(lib).sort(), lib[Symbol.toStringTag], plain, code]",
        `const lib = require("./lib.mjs");\nconst plain = require("./function.mjs");\nlet code;\ntry { require("./waits.mjs"); } catch (error) { code = error.code; }`,
      ),
      "trigger/lib.mjs": `export const named = 1;\nexport default 2;`,
      "trigger/function.mjs": `const made = "chosen by name";\nexport { made as "module.exports" };`,
      "trigger/waits.mjs": `export const x = await 1;`,
    },
  },
  {
    name: "a file that throws is tried again by the next require",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "results",
        `const results = [];\nfor (let i = 0; i < 3; i += 1) try { results.push(require("./moody.cjs").ok); } catch (error) { results.push(error.message); }`,
      ),
      "trigger/moody.cjs": `globalThis.tries = (globalThis.tries ?? 0) + 1;\nif (globalThis.tries < 3) throw new Error("try " + globalThis.tries);\nexports.ok = true;`,
    },
  },
  {
    name: "require.extensions, require.resolve.paths and paths to look in",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[require('./note.shout'), require.resolve.paths('x').slice(0, 2), require.resolve.paths('node:fs'), require.resolve('x', { paths: [__dirname + '/../other'] })]",
        `require.extensions[".shout"] = (module, file) => { module.exports = require("node:fs").readFileSync(file, "utf8").toUpperCase(); };`,
      ),
      "trigger/note.shout": "quiet",
      "other/node_modules/x/index.js": "",
    },
  },
  {
    name: "createRequire of node:module",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[own('./part.cjs') === require('./part.cjs'), own.resolve('./part.cjs'), typeof own('fs').readFileSync]",
        `const own = require("module").createRequire(__filename);`,
      ),
      "trigger/part.cjs": `exports.x = 1;`,
    },
  },
  {
    name: "import() of a CommonJS package has its named exports, also through a file of the project",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[Object.keys(await import('old')).sort(), (await import('./again.mjs')).a, Object.keys((await import('./again.mjs'))).sort()]",
      ),
      "trigger/again.mjs": `export * from "old";`,
      "node_modules/old/package.json": `{ "name": "old", "main": "i.js" }`,
      "node_modules/old/i.js": `exports.a = 1; exports.b = 2;`,
    },
  },
  {
    name: "import() in CommonJS, of what is written and of what is computed",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[(await import('./part.mjs')).x, (await import('./' + name)).x, (await import(`./${name}`)) === (await import('./part.mjs')), (await import('./old.cjs')).default, code]",
        `const name = "part.mjs";\nlet code;\nimport("./" + "absent.mjs").catch((error) => { code = error.code; });`,
      ),
      "trigger/part.mjs": `export const x = 5;`,
      "trigger/old.cjs": `module.exports = "old";`,
    },
  },
  {
    name: "packages whose names are those of members of every object",
    files: {
      "trigger/main.cjs": requiredMainTask("[require('constructor'), require('./own.cjs')]"),
      "trigger/own.cjs": `module.exports = [require("hasownproperty"), require("./__proto__.cjs")];`,
      "trigger/__proto__.cjs": `module.exports = "file";`,
      "node_modules/constructor/index.js": `module.exports = "package";`,
      "node_modules/hasownproperty/index.js": `module.exports = "package too";`,
    },
  },
];
