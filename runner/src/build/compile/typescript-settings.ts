import path from "node:path";
import { getTsconfig } from "get-tsconfig";

/** The settings of the tsconfig.json that applies to a file. */
export interface TypeScriptSettings {
  readonly compilerOptions: Readonly<Record<string, unknown>>;
}

const commonJsModules: ReadonlySet<unknown> = new Set([
  "commonjs",
  "node16",
  "node18",
  "node20",
  "nodenext",
  "amd",
  "umd",
  "system",
]);

/** Finds the TypeScript settings of files. Reads each tsconfig.json once. */
export class TypeScriptSettingsReader {
  readonly #cache = new Map<string, unknown>();
  readonly #byFolder = new Map<string, TypeScriptSettings | undefined>();

  /**
   * Finds the settings of a file; undefined when no tsconfig.json applies, which is also the case in `node_modules`.
   *
   * @throws Error with the reason when a tsconfig.json, or one that it extends, cannot be read.
   */
  find(file: string): TypeScriptSettings | undefined {
    const dir = path.dirname(file);
    if (dir.split(path.sep).includes("node_modules")) return undefined;
    if (this.#byFolder.has(dir)) return this.#byFolder.get(dir);
    const found = getTsconfig(dir, "tsconfig.json", this.#cache as never);
    const settings =
      found === null
        ? undefined
        : { compilerOptions: (found.config.compilerOptions ?? {}) as Readonly<Record<string, unknown>> };
    this.#byFolder.set(dir, settings);
    return settings;
  }
}

/** Whether the setting `module` turns a file in a package without `"type": "module"` into CommonJS. */
export function compilesToCommonJs(settings: TypeScriptSettings | undefined): boolean {
  return commonJsModules.has(String(settings?.compilerOptions.module).toLowerCase());
}
