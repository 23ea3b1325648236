import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** The exports of a compiled file by name. Reading one may call a getter of the file. */
export interface ModuleExports {
  readonly names: readonly string[];
  /** There is a default export only because `module.exports` counts as one. */
  readonly isDefaultImplied: boolean;
  get(name: string): unknown;
}

const require = createRequire(import.meta.url);

/**
 * Loads a compiled file. CommonJS is required, because an import of it has those names only that Node.js sees without
 * evaluating the file; `module.exports` itself is its default export, unless it was an ES module before it was compiled.
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

/** An export that is one of the wanted objects; nothing of the others is touched. */
export function findExported<T extends object>(
  exports: ModuleExports,
  isWanted: (value: object) => value is T,
): [name: string, value: T][] {
  return exports.names.flatMap((name): [string, T][] => {
    let value: unknown;
    try {
      value = exports.get(name);
    } catch {
      // A getter that throws, or a binding that was never initialized, is no task.
      return [];
    }
    return isObject(value) && isWanted(value) ? [[name, value]] : [];
  });
}

/** The exports of a configuration file that count (docs/tasks.md 12); those that are absent are undefined. */
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
