import { commonJs, esm, type ModuleProject, mainTask, requiredMainTask } from "../module-project.ts";

const nested = `function page(list: any) { const inner = (x: any) => x * 2; function named(x: any) { return inner(x) + 1; } class K { static s = "s"; m() { return list.map(named); } } const fresh = { method() { return new K().m(); } }; return [fresh.method(), K.name, named.name, inner.name, fresh.method.name]; }`;
const plainNested = nested.replaceAll(": any", "");

/** Functions that are converted to text and executed outside of their module. */
export const functionTextProjects: readonly ModuleProject[] = [
  {
    name: "of TypeScript",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "runInNewContext(`(${page})([1, 2])`)",
        `import { runInNewContext } from "node:vm";\n${nested}`,
      ),
    },
  },
  {
    name: "of TypeScript that becomes CommonJS",
    files: {
      ...commonJs,
      "trigger/main.ts": mainTask(
        "runInNewContext(`(${page})([1, 2])`)",
        `import { runInNewContext } from "node:vm";\n${nested}`,
      ),
    },
  },
  {
    name: "of an ES module, to the letter",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "[runInNewContext(`(${page})([1, 2])`), wide.toString()]",
        `import { runInNewContext } from "node:vm";\n${plainNested}\nconst wide = () => "größe 😀";`,
      ),
    },
  },
  {
    name: "of CommonJS",
    files: {
      "trigger/main.cjs": requiredMainTask("require('node:vm').runInNewContext(`(${page})([1, 2])`)", plainNested),
    },
  },
  {
    name: "with async functions, classes with fields, and templates",
    files: {
      ...esm,
      "trigger/main.ts": mainTask(
        "[await runInNewContext(`(${gather})('a')`), runInNewContext(`new (${Counter})().up()`)]",
        'import { runInNewContext } from "node:vm";\nasync function gather(name: string) { const found: string[] = []; for await (const part of (async function* () { yield name; yield `${name}!`; })()) found.push(part); return found?.join() ?? null; }\nclass Counter { #n = 1; static base = 10; up(): number { this.#n += Counter.base; return this.#n; } }',
      ),
    },
  },
  {
    name: "with an import() inside, in a thread that is given its text",
    files: {
      ...esm,
      "trigger/main.mjs": mainTask(
        "await new Promise((resolve, reject) => { const thread = new Worker(`(${work})('node:path')`, { eval: true }); thread.once('message', resolve); thread.once('error', reject); })",
        `import { Worker } from "node:worker_threads";\nasync function work(name) { const { parentPort } = await import("node:worker_threads"); const path = await import(name); parentPort.postMessage(path.posix.join("a", "b")); }`,
      ),
    },
  },
];
