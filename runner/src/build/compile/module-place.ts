import type { TextEdits } from "./text-edits.ts";
import { injected } from "./translate.ts";

/** Where compiled modules find what a thread gives them; see `ModuleRuntime`. */
const runtime = `globalThis[Symbol.for("baton.modules.v1")]`;

/** What code asks of its thread. */
export interface Needs {
  meta: boolean;
  import: boolean;
}

/**
 * Calls the thread's `import()`. A function that is turned into text takes the call along; where it runs without its module,
 * the language's own `import()` answers.
 */
export const importCall = `(typeof ${injected.import} === "function" ? ${injected.import} : (s, o) => import(s, o))`;

/** Points `require`, `module` and the names of the file at the place of the source. */
export function placeCommonJs(code: string, isConverted: boolean, needs: Needs, edits: TextEdits): void {
  const start = lengthOfHashbang(code);
  const directive = /^"use strict";\n?/.exec(code.slice(start))?.[0];
  const asks = {
    ...(needs.import ? { import: injected.import } : {}),
    ...(code.includes(injected.meta) ? { meta: injected.meta } : {}),
  };
  const members = ["require", "__filename", "__dirname", ...Object.entries(asks).map((ask) => ask.join(": "))];
  const parts = [
    // ES modules are strict, and those that became CommonJS still are.
    directive === undefined && isConverted ? `"use strict";` : "",
    Object.keys(asks).length > 0 ? `var ${Object.values(asks).join(", ")};` : "",
    `({ ${members.join(", ")} } = ${runtime}.commonJs(module`,
    needs.import ? ", (url, options) => import(url, options)));" : "));",
  ];
  edits.insert(start + (directive?.length ?? 0), parts.join(""));
}

/**
 * Names exports at the end of a CommonJS file for Node.js, which looks at the text: it cannot follow `require` from the place
 * of the output, and does not see that the file was an ES module.
 */
export function announceExports(names: readonly string[], end: number, edits: TextEdits): void {
  const announced = names.map((name) => `exports[${JSON.stringify(name)}] = 0`);
  if (announced.length > 0) edits.insert(end, `\n0 && (${announced.join(", ")});\n`);
}

/** Gives an ES module what it asks for; functions stand at the end, so that no line of the source moves. */
export function placeModule(code: string, hasRequired: boolean, needs: Needs, edits: TextEdits): void {
  const meta = `${injected.meta}()`;
  const first = [
    code.includes(injected.directory) ? `const ${injected.directory} = ${meta}.dirname;` : "",
    code.includes(injected.file) ? `const ${injected.file} = ${meta}.filename;` : "",
    hasRequired || mentionsRequire(code) ? `const require = ${runtime}.require(import.meta.url);` : "",
  ].join("");
  const last: string[] = [];
  if (needs.meta || first.includes(meta)) {
    last.push(`function ${injected.meta}() { return ${runtime}.meta(import.meta.url); }\n`);
  }
  if (needs.import) {
    const load = "(url) => import(url, options)";
    last.push(
      `function ${injected.import}(specifier, options) { return ${runtime}.import(import.meta.url, specifier, ${load}); }\n`,
    );
  }
  if (first !== "") edits.insert(lengthOfHashbang(code), first);
  if (last.length > 0) edits.insert(code.length, `\n${last.join("")}`);
}

function lengthOfHashbang(code: string): number {
  return code.startsWith("#!") ? code.indexOf("\n") + 1 : 0;
}

/** Whether an ES module uses a `require` that it does not declare itself. */
function mentionsRequire(code: string): boolean {
  if (!/(?<![\w$.])require(?![\w$])/.test(code)) return false;
  return !/\b(?:const|let|var|function|class)\s+require\b|\bimport\b[^;"']*\brequire\b[^;"']*\bfrom\b|[{,:]\s*require\s*[},=]/.test(
    code,
  );
}
