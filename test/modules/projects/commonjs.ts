import { type ModuleProject, mainTask, requiredMainTask, trace } from "../module-project.ts";

/** CommonJS files, and the packages that are written so. */
export const commonJsProjects: readonly ModuleProject[] = [
  {
    name: "require of a built-in module, of a variable, and of what is not installed",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[typeof fs.readFileSync, found.x, code]",
        `const fs = require("node:fs");\nconst name = "./part.cjs";\nconst found = require(name);\nlet code;\ntry { require("not-installed"); } catch (error) { code = error.code; }`,
      ),
      "trigger/part.cjs": `exports.x = 5;\n${trace("part")}`,
    },
  },
  {
    name: "what a CommonJS file knows of itself",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[module.id === __filename, module.filename, __filename, __dirname, require.resolve('./part.cjs'), Object.keys(require.cache).filter((key) => key.includes('trigger')).sort(), module.paths.slice(0, 2), module.path]",
        `const part = require("./part.cjs");`,
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
    name: "import() of a CommonJS package has its named exports, also through a file of the project",
    files: {
      "package.json": `{ "type": "module" }`,
      "trigger/main.mjs": mainTask(
        "[Object.keys(await import('old')).sort(), (await import('./again.mjs')).a, Object.keys((await import('./again.mjs'))).sort()]",
      ),
      "trigger/again.mjs": `export * from "old";`,
      "node_modules/old/package.json": `{ "name": "old", "main": "i.js" }`,
      "node_modules/old/i.js": `exports.a = 1; exports.b = 2;`,
    },
  },
];
