import type { TextEdits } from "./text-edits.ts";
import { injected } from "./translate.ts";

/** The expression by which compiled modules find the thread's `ModuleRuntime`. */
const runtime = `globalThis[Symbol.for("baton.modules.v1")]`;

/** Whether code uses `import.meta` or computed imports, which the thread provides. */
export interface Needs {
  meta: boolean;
  import: boolean;
}

/**
 * Calls the thread's `import()`. A function that is converted to text contains this call; where the text is evaluated
 * outside the module, the language's own `import()` is used.
 */
export const importCall = `(typeof ${injected.import} === "function" ? ${injected.import} : (s, o) => import(s, o))`;

/** Makes `require`, `module`, `__filename` and `__dirname` refer to the source's path. */
export function placeCommonJs(code: string, isConverted: boolean, needs: Needs, edits: TextEdits): void {
  const start = lengthOfHashbang(code);
  const directive = /^"use strict";\n?/.exec(code.slice(start))?.[0];
  const asks = {
    ...(needs.import ? { import: injected.import } : {}),
    ...(code.includes(injected.meta) ? { meta: injected.meta } : {}),
  };
  const members = ["require", "__filename", "__dirname", ...Object.entries(asks).map((ask) => ask.join(": "))];
  const parts = [
    // ES modules are strict, so those converted to CommonJS must stay strict.
    directive === undefined && isConverted ? `"use strict";` : "",
    Object.keys(asks).length > 0 ? `var ${Object.values(asks).join(", ")};` : "",
    `({ ${members.join(", ")} } = ${runtime}.commonJs(module`,
    needs.import ? ", (url, options) => import(url, options)));" : "));",
  ];
  edits.insert(start + (directive?.length ?? 0), parts.join(""));
}

/**
 * Names exports at the end of a CommonJS file, where Node.js finds them in the text. Node.js cannot follow `require`
 * from the output's path, and does not see that the file was an ES module.
 */
export function announceExports(names: readonly string[], end: number, edits: TextEdits): void {
  const announced = names.map((name) => `exports[${JSON.stringify(name)}] = 0`);
  if (announced.length > 0) edits.insert(end, `\n0 && (${announced.join(", ")});\n`);
}

/** Adds the code that an ES module needs. Functions are added at the end, so that the source's lines do not move. */
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
