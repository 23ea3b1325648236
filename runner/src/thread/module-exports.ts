import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** The exports of a compiled file by name. Reading one may call a getter of the file. */
export interface ModuleExports {
  readonly names: readonly string[];
  /** Whether the default export is `module.exports` itself. */
  readonly isDefaultImplied: boolean;
  get(name: string): unknown;
}

const require = createRequire(import.meta.url);

/**
 * Loads a compiled file. CommonJS is loaded with `require`: an import would have only the names that Node.js finds
 * without evaluating the file. Its default export is `module.exports`, unless the file was an ES module before it was
 * compiled.
 */
export async function loadExports(file: string): Promise<ModuleExports> {
  if (path.extname(file) !== ".cjs") {
    const namespace = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
    return { names: Object.keys(namespace).sort(), isDefaultImplied: false, get: (name) => namespace[name] };
  }
  const exported: unknown = require(file);
  const members = (isObject(exported) ? exported : {}) as Readonly<Record<string, unknown>>;
  const hasDefault = Object.hasOwn(members, "default") && Object.hasOwn(members, "__esModule");
  const names = Object.keys(members).filter((name) => name !== "default" || hasDefault);
  return {
    names: [...new Set([...names, "default"])].sort(),
    isDefaultImplied: !hasDefault,
    get: (name) => (name === "default" && !hasDefault ? exported : members[name]),
  };
}

/** Returns the exports that are wanted objects. Does not touch members of the others. */
export function findExported<T extends object>(
  exports: ModuleExports,
  isWanted: (value: object) => value is T,
): [name: string, value: T][] {
  return exports.names.flatMap((name): [string, T][] => {
    let value: unknown;
    try {
      value = exports.get(name);
    } catch {
      // A getter that throws and an uninitialized binding are no tasks.
      return [];
    }
    return isObject(value) && isWanted(value) ? [[name, value]] : [];
  });
}

/** Returns the exports of a configuration file that have a meaning (docs/tasks.md 12); undefined for absent ones. */
export function readConfigExports(
  exports: ModuleExports,
): Readonly<Record<"default" | "config" | "handleError", unknown>> {
  const read = (name: string) => (exports.names.includes(name) ? exports.get(name) : undefined);
  const config = read("config");
  const byDefault = exports.isDefaultImplied && config !== undefined ? undefined : read("default");
  return { default: byDefault, config, handleError: read("handleError") };
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
