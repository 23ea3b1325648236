/** A project that Node.js and Baton evaluate, with the same result. */
export interface ModuleProject {
  /** The behavior that the project shows. */
  readonly name: string;
  /**
   * Contents by path. `trigger/main.*` exports a task with the id "main". The result of its `run` is compared, and the
   * values that files push to `globalThis.trace` while they are evaluated.
   */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Targets of links by path; both are relative to the project. */
  readonly links?: Readonly<Record<string, string>>;
  /** Files that replace those in `files` for Node.js: their plain compiled form, where `tsc` does not produce it. */
  readonly plain?: Readonly<Record<string, string>>;
  /** The file that Node.js evaluates, when `tsc` does not compile it. @defaultValue the `trigger/main.*` of `files` */
  readonly entry?: string;
  /** `compilerOptions` over those of every project. */
  readonly compilerOptions?: Readonly<Record<string, unknown>>;
  /** Whether the task throws, so that its error is compared. */
  readonly throws?: boolean;
}

/** A package.json with which `.js` and `.ts` files are ES modules. */
export const esm = { "package.json": `{ "type": "module" }` };

/** A package.json with which `.js` and `.ts` files are CommonJS. */
export const commonJs = { "package.json": `{ "type": "commonjs" }` };

/** Returns a task file whose task returns `value`, the text of an expression. */
export function mainTask(value: string, above = ""): string {
  return `import { task } from "@baton/sdk";\n${above}\nexport const main = task({ id: "main", run: async () => ${value} });\n`;
}

/** Returns the same in CommonJS. */
export function requiredMainTask(value: string, above = ""): string {
  return `const { task } = require("@baton/sdk");\n${above}\nexports.main = task({ id: "main", run: async () => ${value} });\n`;
}

/** Returns a statement that records that a file was evaluated. */
export function trace(text: string): string {
  return `(globalThis.trace ??= []).push(${JSON.stringify(text)});\n`;
}
