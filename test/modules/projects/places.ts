import { commonJs, esm, type ModuleProject, mainTask, requiredMainTask } from "../module-project.ts";

/** The path that code sees as its own, and files beside it. */
export const placeProjects: readonly ModuleProject[] = [
  {
    name: "new URL and readFileSync beside an ES module, in a folder below",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask("text", `import { text } from "../src/deep/reader.mjs";`),
      "src/deep/reader.mjs": `import { readFileSync } from "node:fs";\nimport { fileURLToPath } from "node:url";\nimport { join } from "node:path";\nexport const text = [readFileSync(new URL("./note.txt", import.meta.url), "utf8"), readFileSync(join(import.meta.dirname, "../up.txt"), "utf8"), fileURLToPath(new URL(".", import.meta.url))];`,
      "src/deep/note.txt": "beside",
      "src/up.txt": "above",
    },
  },
  {
    name: "__dirname and __filename in CommonJS",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[fs.readFileSync(path.join(__dirname, 'note.txt'), 'utf8'), path.relative(process.cwd(), __filename).endsWith('main.cjs'), require('../src/part').dir]",
        `const fs = require("fs");\nconst path = require("path");`,
      ),
      "trigger/note.txt": "beside",
      "src/part.js": `exports.dir = __dirname;`,
    },
  },
  {
    name: "__dirname in TypeScript that becomes CommonJS, and data beside it",
    files: {
      ...commonJs,
      "trigger/main.ts": mainTask(
        "[readFileSync(join(__dirname, 'note.txt'), 'utf8'), basename(__filename).slice(0, 4), module.path === __dirname]",
        `import { readFileSync } from "node:fs";\nimport { basename, join } from "node:path";`,
      ),
      "trigger/note.txt": "beside",
    },
  },
  {
    name: "a thread and a process of files beside the source",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[await answer(new Worker(new URL('../src/thread.mjs', import.meta.url), { workerData: 2 })), await answer(fork(new URL('../src/child.cjs', import.meta.url)))]",
        `import { Worker } from "node:worker_threads";\nimport { fork } from "node:child_process";\nconst answer = (other) => new Promise((resolve, reject) => { other.once("message", resolve); other.once("error", reject); });`,
      ),
      "src/thread.mjs": `import { parentPort, workerData } from "node:worker_threads";\nimport { double } from "./double.mjs";\nparentPort.postMessage(double(workerData));`,
      "src/double.mjs": `export const double = (n) => n * 2;`,
      "src/child.cjs": `process.send(require("./data.json").n, () => process.exit());`,
      "src/data.json": `{ "n": 3 }`,
    },
  },
  {
    name: "import.meta.resolve, then import() of what it gives",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[url, (await import(url)).x, (await import(import.meta.resolve('dual'))).kind, resolved.length]",
        `const url = import.meta.resolve("../src/part.mjs");\nconst resolved = ["./a.txt", "node:fs"].map(import.meta.resolve);`,
      ),
      "src/part.mjs": `export const x = 1;`,
      "node_modules/dual/package.json": `{ "name": "dual", "exports": { "import": "./i.mjs", "require": "./i.cjs" } }`,
      "node_modules/dual/i.mjs": `export const kind = "import";`,
      "node_modules/dual/i.cjs": `exports.kind = "require";`,
    },
  },
  {
    name: "a folder of handlers that is listed and loaded",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "await Promise.all(files.map(async (file) => (await import(pathToFileURL(join(dir, file)).href)).default()))",
        `import { readdirSync } from "node:fs";\nimport { join } from "node:path";\nimport { fileURLToPath, pathToFileURL } from "node:url";\nconst dir = fileURLToPath(new URL("../handlers", import.meta.url));\nconst files = readdirSync(dir).sort();`,
      ),
      "handlers/a.mjs": `import { mark } from "../src/mark.mjs";\nexport default () => mark("a");`,
      "handlers/b.mjs": `import { mark } from "../src/mark.mjs";\nexport default () => mark("b");`,
      "src/mark.mjs": `export const mark = (name) => "marked " + name;`,
    },
  },
  {
    name: "the same in CommonJS",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "fs.readdirSync(dir).sort().map((file) => require(path.join(dir, file)).name)",
        `const fs = require("node:fs");\nconst path = require("node:path");\nconst dir = path.join(__dirname, "../handlers");`,
      ),
      "handlers/a.js": `exports.name = "a";`,
      "handlers/b.js": `exports.name = require("./a").name + "b";`,
    },
  },
];
