import { commonJs, esm, type ModuleProject, mainTask, requiredMainTask } from "../module-project.ts";

/** A module that adds two numbers. */
const wasm = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 97, 100, 100, 0, 0, 10, 9, 1,
  7, 0, 32, 0, 32, 1, 106, 11,
]);

/** Files that are not code. */
export const dataProjects: readonly ModuleProject[] = [
  {
    name: "JSON with its attribute, in the file and on demand",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[data.n, (await import('../data.json', { with: { type: 'json' } })).default === data, fromPackage.v, deep]",
        `import data from "../data.json" with { type: "json" };\nimport fromPackage from "pkg/data.json" with { type: "json" };\nimport { deep } from "./again.mjs";`,
      ),
      "trigger/again.mjs": `import { default as data } from "../data.json" with { type: "json" };\nexport const deep = data.list[1]["a key"];`,
      "data.json": `{ "n": 1, "list": [0, { "a key": "ü" }] }`,
      "node_modules/pkg/data.json": `{ "v": 2 }`,
      "node_modules/pkg/index.js": "",
    },
  },
  {
    name: "JSON in TypeScript that becomes CommonJS",
    files: {
      ...commonJs,
      "trigger/main.ts": mainTask(
        "[data.n, all.n, named, required.n]",
        `import data from "../data.json";\nimport * as all from "../data.json";\nimport { n as named } from "../data.json";\nimport required = require("../data.json");`,
      ),
      "data.json": `{ "n": 1 }`,
    },
    compilerOptions: { module: "commonjs", moduleResolution: "bundler", rewriteRelativeImportExtensions: false },
  },
  {
    name: "JSON as bundlers allow it: no attribute, its members by name",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[data, n, all.n, list]",
        `import data, { n } from "../data.json";\nimport * as all from "../data.json";\nimport list from "../list.json";`,
      ),
      "data.json": `{ "n": 1, "default": "kept", "a-b": 2 }`,
      "list.json": `[1, 2]`,
    },
    plain: {
      "trigger/main.js": mainTask(
        "[data, data.n, data.n, list]",
        `import data from "../data.json" with { type: "json" };\nimport list from "../list.json" with { type: "json" };`,
      ),
    },
  },
  {
    name: "a text and a style sheet, as bundlers allow them",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[prompt, (await import('../prompts/mail.txt')).default]",
        `import prompt from "../prompts/mail.txt";\nimport "../style.css";`,
      ),
      "prompts/mail.txt": "Dear ${name},\n`you`\n",
      "style.css": "a { color: red }",
    },
    plain: {
      "trigger/main.js": mainTask(
        "[prompt, prompt]",
        `import { readFileSync } from "node:fs";\nconst prompt = readFileSync(new URL("../prompts/mail.txt", import.meta.url), "utf8");`,
      ),
    },
  },
  {
    name: "wasm beside the source",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask("add(2, 3)", `import { add } from "../src/add.mjs";`),
      "src/add.mjs": `import { readFile } from "node:fs/promises";\nconst { instance } = await WebAssembly.instantiate(await readFile(new URL("./add.wasm", import.meta.url)));\nexport const { add } = instance.exports;`,
      "src/add.wasm": wasm,
    },
  },
  {
    name: "wasm beside CommonJS, and JSON by a variable",
    files: {
      "trigger/main.cjs": requiredMainTask(
        "[require('../src/add.cjs').add(4, 5), require('../src/' + 'data').n, require.resolve('../src/data.json')]",
      ),
      "src/add.cjs": `const bytes = require("fs").readFileSync(__dirname + "/add.wasm");\nexports.add = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.add;`,
      "src/add.wasm": wasm,
      "src/data.json": `{ "n": 1 }`,
    },
  },
  {
    name: "a byte order mark at the beginning of files",
    files: {
      ...esm,
      "trigger/main.mjs": `\uFEFF${mainTask("[old.x, json.n]", `import old from "./old.cjs";\nimport json from "./data.cjs";`)}`,
      "trigger/old.cjs": `\uFEFFexports.x = 1;`,
      "trigger/data.cjs": `module.exports = require("../data.json");`,
      "data.json": `\uFEFF{ "n": 1 }`,
    },
  },
];
