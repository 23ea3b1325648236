/** A project whose files Node.js and Baton evaluate; both must see the same. */
export interface ModuleProject {
  /** What the project shows. */
  readonly name: string;
  /**
   * Contents by path. `trigger/main.*` exports a task with the id "main"; what its `run` returns is compared, and what
   * files push to `globalThis.trace` while they are evaluated.
   */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Where links lead, by path; both start at the project. */
  readonly links?: Readonly<Record<string, string>>;
  /** Files that are written over `files` for Node.js: what a plain compile of them is, where `tsc` is no plain compile. */
  readonly plain?: Readonly<Record<string, string>>;
  /** `main` as Node.js evaluates it, when it is not compiled by `tsc`. @defaultValue the `trigger/main.*` of `files` */
  readonly entry?: string;
  /** `compilerOptions` over those of every project. */
  readonly compilerOptions?: Readonly<Record<string, unknown>>;
  /** The task throws, and what it throws is compared. */
  readonly throws?: boolean;
}

/** A package.json that makes ES modules of `.js` and `.ts`. */
export const esm = { "package.json": `{ "type": "module" }` };

/** A package.json that makes CommonJS of `.js` and `.ts`. */
export const commonJs = { "package.json": `{ "type": "commonjs" }` };

/** A task file around the text of a function that makes the value. */
export function mainTask(value: string, above = ""): string {
  return `import { task } from "@baton/sdk";\n${above}\nexport const main = task({ id: "main", run: async () => ${value} });\n`;
}

/** The same for CommonJS. */
export function requiredMainTask(value: string, above = ""): string {
  return `const { task } = require("@baton/sdk");\n${above}\nexports.main = task({ id: "main", run: async () => ${value} });\n`;
}

/** A statement that records that a file was evaluated. */
export function trace(text: string): string {
  return `(globalThis.trace ??= []).push(${JSON.stringify(text)});\n`;
}
