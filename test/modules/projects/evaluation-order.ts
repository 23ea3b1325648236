import { type ModuleProject, mainTask, trace } from "../module-project.ts";

const esm = { "package.json": `{ "type": "module" }` };

/** In which order files are evaluated. */
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
    name: "a circle of imports and a binding that is read too early",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask("tried", `import { tried } from "./a.mjs";`),
      "trigger/a.mjs": `import { read } from "./b.mjs";\nexport const late = 1;\nexport const tried = read();`,
      "trigger/b.mjs": `import { late } from "./a.mjs";\nlet early = "none";\ntry { early = late; } catch (error) { early = error.name; }\nexport const read = () => [early, late];`,
    },
  },
];
