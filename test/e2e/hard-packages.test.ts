import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { workspaceModules } from "./build-project.ts";

/** Returns a task file around the body of its `run`. */
function taskFile(id: string, above: string, body: string): string {
  return `${above}\nimport { task } from "@baton/sdk";\nexport const ${id} = task({ id: "${id}", run: async (payload: any) => { ${body} } });\n`;
}

const files = {
  "package.json": `{ "type": "module" }`,
  "tsconfig.json": `{ "compilerOptions": { "module": "nodenext", "target": "es2022", "experimentalDecorators": true } }`,
  "trigger/addon.ts": taskFile(
    "addon",
    `import bufferUtil from "bufferutil";`,
    `const data = Buffer.from("masked"); bufferUtil.unmask(data, Buffer.from([1, 2, 3, 4])); return [data.toString("hex"), bufferUtil.unmask.toString().includes("[native code]")];`,
  ),
  "trigger/commonjs.ts": taskFile(
    "commonjs",
    `import _, { chunk, upperFirst } from "lodash";\nimport debounce from "lodash/debounce";\nimport fp from "lodash/fp";`,
    `return [chunk([1, 2, 3], 2), upperFirst("named"), _.VERSION.length > 0, typeof debounce, fp.map((n: number) => n + 1)([1])];`,
  ),
  "trigger/conditions.ts": taskFile(
    "conditions",
    `import { v5, validate, v4 } from "uuid";`,
    `return [v5("baton", v5.URL), validate(v4()), import.meta.resolve("uuid").split("/").at(-1)];`,
  ),
  "trigger/beside.ts": taskFile(
    "beside",
    `import dictionary from "dictionary-en";`,
    `return [dictionary.aff.subarray(0, 9).toString(), dictionary.dic.includes("baton")];`,
  ),
  "trigger/injection.ts": taskFile(
    "injection",
    `import "reflect-metadata";\nimport { container } from "tsyringe";\nimport { Mailer } from "../src/mailer.ts";`,
    `return [container.resolve(Mailer).send(payload), Reflect.getMetadata("made", Mailer)];`,
  ),
  "trigger/injection-too.ts": taskFile(
    "injectionToo",
    `import "reflect-metadata";\nimport { container } from "tsyringe";\nimport { Mailer } from "../src/mailer.ts";`,
    `return container.resolve(Mailer).send(payload);`,
  ),
  "src/mailer.ts": `import { inject, injectable, singleton } from "tsyringe";
@singleton() export class Transport { readonly name = "transport"; }
@Reflect.metadata("made", "by hand") @injectable()
export class Mailer {
  constructor(@inject(Transport) private readonly transport: Transport) {}
  send(to: string): string { return this.transport.name + " to " + to; }
}
`,
  "trigger/logging.ts": taskFile(
    "logging",
    `import pino from "pino";`,
    `const transport = pino.transport({ target: "pino/file", options: { destination: payload.file, mkdir: true } });
const log = pino({ base: null, timestamp: false }, transport);
log.info({ attempt: 1 }, "from a transport");
await new Promise<void>((resolve, reject) => { transport.once("error", reject); transport.once("close", () => resolve()); transport.end(); });
return "logged";`,
  ),
  "trigger/environment.ts": taskFile(
    "environment",
    `import "dotenv/config";\nimport { secret } from "../src/settings.ts";`,
    `return [secret, process.env.FROM_DOTENV];`,
  ),
  "src/settings.ts": `export const secret = process.env.FROM_DOTENV;\n`,
  ".env": `FROM_DOTENV="read from the file"\n`,
  "trigger/wasm.ts": taskFile(
    "wasm",
    `import { SourceMapConsumer } from "source-map";`,
    `return await SourceMapConsumer.with(payload, null, (map) => map.originalPositionFor({ line: 1, column: 4 }));`,
  ),
  "src/production.ts": `(globalThis as any).__DEV__ = false;\n`,
  "trigger/source.ts": taskFile(
    "source",
    `import "../src/production.ts";\nimport { produce, isDraftable } from "immer/src/immer.ts";`,
    `const next = produce(payload, (draft: any) => { draft.list.push(2); }); return [next, payload.list.length, isDraftable(payload)];`,
  ),
};

let project: Project;
let cluster: Cluster;

before(async () => {
  project = await Project.create(files);
  cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
});
after(async () => {
  await cluster[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});

async function outputOf(taskId: string, payload: unknown = null): Promise<unknown> {
  const run = await runs.poll((await tasks.trigger(taskId, payload)).id, { pollIntervalMs: 100 });
  assert.equal(run.status, "COMPLETED", JSON.stringify(run.error));
  assert.equal(run.attempts.length, 1);
  return run.output;
}

test("a native addon: bufferutil", async () => {
  const hasPrebuilt = existsSync(`${workspaceModules}/bufferutil/prebuilds/${process.platform}-${process.arch}`);
  // "masked", with its bytes changed by the four bytes of the mask in turn.
  assert.deepEqual(await outputOf("addon"), ["6c63706f6466", hasPrebuilt]);
});

test("CommonJS only, by name, as a whole and in parts: lodash", async () => {
  assert.deepEqual(await outputOf("commonjs"), [[[1, 2], [3]], "Named", true, "function", [2]]);
});

test("conditional exports: uuid", async () => {
  // RFC 9562 defines version 5 as a digest of the namespace and the name. Another program computed this one.
  assert.deepEqual(await outputOf("conditions"), ["fc5d073b-30f8-5521-9078-3bfb22eefac0", true, "wrapper.mjs"]);
});

test("files beside the package: dictionary-en", async () => {
  assert.deepEqual(await outputOf("beside"), ["SET UTF-8", true]);
});

test("decorators and an injector, and metadata written by hand: tsyringe and reflect-metadata", async () => {
  assert.deepEqual(await outputOf("injection", "you"), ["transport to you", "by hand"]);
  assert.equal(await outputOf("injectionToo", "me"), "transport to me");
});

test("a logger that writes in a thread of its own: pino", async () => {
  const file = project.path("logs", "app.log");
  assert.equal(await outputOf("logging", { file }), "logged");
  assert.equal(await readFile(file, "utf8"), `{"level":30,"attempt":1,"msg":"from a transport"}\n`);
  assert.equal(await outputOf("logging", { file: project.path("logs", "second.log") }), "logged");
});

test("the environment of a file before the module that reads it: dotenv", async () => {
  assert.deepEqual(await outputOf("environment"), ["read from the file", "read from the file"]);
});

test("WebAssembly beside the package: source-map", async () => {
  const map = { version: 3, sources: ["a.ts"], names: [], mappings: "AAAA,IAEE" };
  assert.deepEqual(await outputOf("wasm", map), { source: "a.ts", line: 3, column: 2, name: null });
});

test("TypeScript in node_modules, with types that are exported again as values: the source of immer", async () => {
  assert.deepEqual(await outputOf("source", { list: [1] }), [{ list: [1, 2] }, 1, true]);
});
