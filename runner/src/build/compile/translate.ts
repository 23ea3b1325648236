import path from "node:path";
import { parse } from "es-module-lexer";
import { type Loader, type Message, type TransformFailure, type TransformOptions, transform } from "esbuild";
import { type ModuleFormat, packageType } from "./module-format.ts";
import { type SourceMap, TextEdits } from "./text-edits.ts";
import { compilesToCommonJs, type TypeScriptSettings } from "./typescript-settings.ts";

/** Names in compiled code for values that the thread provides. */
export const injected = {
  meta: "__baton_meta",
  import: "__baton_import",
  directory: "__baton_dirname",
  file: "__baton_filename",
} as const;

/** Extensions of compiled files. */
export const sourceExtensions: ReadonlySet<string> = new Set([
  ".ts",
  ".mts",
  ".cts",
  ".tsx",
  ".js",
  ".mjs",
  ".cjs",
  ".jsx",
]);

/** One source file as JavaScript; its imports are still those of the source. */
export interface TranslatedFile {
  readonly format: ModuleFormat;
  readonly code: string;
  readonly map: SourceMap;
  readonly isTypeScript: boolean;
  /**
   * Whether `import x from` a compiled CommonJS package means its `exports.default`, as for bundlers and TypeScript.
   */
  readonly hasBundlerInterop: boolean;
  /** Specifiers of ES import and export declarations, before any conversion to CommonJS. */
  readonly staticSpecifiers: ReadonlySet<string>;
  /** Whether the source has ES module syntax and was converted to CommonJS. */
  readonly isConverted: boolean;
  readonly warnings: readonly string[];
}

interface Translation {
  readonly code: string;
  readonly map: SourceMap;
}

/** Thrown when a file cannot be translated. Has every problem as `file:line:column: reason`. */
export class TranslationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** A file to translate. */
export interface TranslationRequest {
  /** Absolute. */
  readonly file: string;
  /** The file's name in messages. */
  readonly name: string;
  readonly text: string;
  readonly settings: TypeScriptSettings | undefined;
  /**
   * Whether ES module syntax is kept although the package's type asks for CommonJS, because the file needs an ES
   * module's abilities.
   */
  readonly staysModule: boolean;
}

/**
 * Translates one file of TypeScript or JSX for the running version of Node.js. Bundles and renames nothing; removes
 * only types and type-only imports.
 *
 * Node.js's rules decide between ES module and CommonJS. A source with ES module syntax is converted to CommonJS when
 * its package says `commonjs`, or when its package says nothing and TypeScript's setting `module` asks for CommonJS, so
 * that the output is what `tsc` would write.
 *
 * @throws {@link TranslationError}
 */
export async function translate(request: TranslationRequest): Promise<TranslatedFile> {
  const { file, settings, staysModule } = request;
  const extension = path.extname(file);
  const isTypeScript = /^\.[mc]?tsx?$/.test(extension);
  const asModule = await run(request, "module");
  const [imports, , , isModuleSyntax] = lex(asModule.code, request);
  const declared = declaredFormat(file, extension);
  const rest = {
    isTypeScript,
    staticSpecifiers: new Set(
      imports.flatMap((found) => (found.type === "static" || found.type === "reexport-star" ? [found.specifier] : [])),
    ),
    warnings: warningsOf(request, asModule.code),
  };
  const mayBeCommonJs = isModuleSyntax
    ? (declared ?? (isTypeScript && compilesToCommonJs(settings) ? "commonjs" : "module")) === "commonjs"
    : declared !== "module";
  if (mayBeCommonJs && !staysModule && !(await awaitsAtTopLevel(request, asModule.code))) {
    const code = await run(request, isModuleSyntax ? "converted" : "commonjs");
    return { ...rest, ...code, format: "commonjs", hasBundlerInterop: isModuleSyntax, isConverted: isModuleSyntax };
  }
  const hasBundlerInterop = declared !== "module" && isTypeScript && settings !== undefined;
  return { ...rest, ...asModule, format: "module", hasBundlerInterop, isConverted: false };
}

/** Returns the format that the file's extension or its package declares. */
function declaredFormat(file: string, extension: string): ModuleFormat | undefined {
  if (extension === ".mjs" || extension === ".mts") return "module";
  if (extension === ".cjs" || extension === ".cts") return "commonjs";
  return packageType(file);
}

/** Whether code awaits at its top level, which only an ES module can. */
async function awaitsAtTopLevel(request: TranslationRequest, code: string): Promise<boolean> {
  if (!/\bawait\b/.test(code)) return false;
  try {
    await run(request, "converted");
    return false;
  } catch (error) {
    return error instanceof TranslationError && error.problems.some((problem) => problem.includes("Top-level await"));
  }
}

const optionsOf: Readonly<Record<"module" | "commonjs" | "converted", TransformOptions>> = {
  module: { define: { __dirname: injected.directory, __filename: injected.file } },
  commonjs: { define: { "import.meta": injected.meta } },
  converted: { format: "cjs", define: { "import.meta": injected.meta } },
};

async function run(
  { file, name, text, settings }: TranslationRequest,
  kind: keyof typeof optionsOf,
): Promise<Translation> {
  const options: TransformOptions = {
    loader: loaderOf(file),
    sourcefile: name,
    platform: "node",
    target: `node${process.versions.node}`,
    // A runtime in tsconfig.json overrides this; "preserve" leaves JSX to this compiler.
    jsx: "automatic",
    // The text of a function keeps the letters of its source.
    charset: "utf8",
    sourcemap: "external",
    sourcesContent: true,
    logLevel: "silent",
    tsconfigRaw: { compilerOptions: { ...settings?.compilerOptions } },
    ...optionsOf[kind],
  };
  try {
    const { code, map } = await transform(text, options);
    const translated = { code, map: JSON.parse(map) as SourceMap };
    const isRaw = kind === "converted" && settings?.compilerOptions.esModuleInterop === false;
    return isRaw ? withoutInterop(translated) : translated;
  } catch (error) {
    if (!isTransformFailure(error)) throw error;
    throw new TranslationError(error.errors.map(describeMessage));
  }
}

/**
 * Removes the wrappers around `require` that create namespaces for CommonJS modules; `tsc` writes none without
 * `esModuleInterop`.
 */
function withoutInterop({ code, map }: Translation): Translation {
  const edits = new TextEdits(code);
  for (const { index, groups } of code.matchAll(/__toESM\((?<call>require\("(?:[^"\\]|\\.)*"\))\)/g)) {
    const call = groups?.call ?? "";
    const start = index + "__toESM(".length;
    edits.replace(index, start, "");
    edits.replace(start + call.length, start + call.length + 1, "");
  }
  const { text, map: edited } = edits.apply(map);
  return { code: text, map: edited };
}

/** Whether a call failed because the compiler's process is gone. After `stop()`, the next call starts another. */
export function isCompilerGone(error: unknown): boolean {
  return /The service (?:was stopped|is no longer running)/.test(String(error));
}

/** @throws TranslationError with the place where a text is not JSON, which `JSON.parse` does not always name */
export async function checkJson(text: string, name: string): Promise<void> {
  try {
    JSON.parse(text);
  } catch (error) {
    await transform(text, { loader: "json", sourcefile: name, logLevel: "silent" }).catch((failure: unknown) => {
      throw isTransformFailure(failure) ? new TranslationError(failure.errors.map(describeMessage)) : failure;
    });
    throw new TranslationError([`${name}: ${(error as Error).message}`]);
  }
}

/** Returns a message with the place of a problem and the line there. */
export function describeMessage({ location, text }: Message): string {
  if (location === null) return text;
  const place = `${location.file}:${location.line}:${location.column + 1}: ${text}`;
  return location.lineText === "" ? place : `${place}\n  ${location.lineText.trim()}`;
}

function loaderOf(file: string): Loader {
  const extension = path.extname(file);
  if (extension === ".tsx") return "tsx";
  return /^\.[mc]?ts$/.test(extension) ? "ts" : "jsx";
}

function lex(code: string, { name }: TranslationRequest): ReturnType<typeof parse> {
  try {
    return parse(code);
  } catch (error) {
    throw new TranslationError([`${name}: its imports cannot be read: ${(error as Error).message}`]);
  }
}

function warningsOf({ name, settings }: TranslationRequest, code: string): string[] {
  if (settings?.compilerOptions.emitDecoratorMetadata !== true || !code.includes("__decorate")) return [];
  return [
    `${name}: emitDecoratorMetadata has no effect here, so libraries cannot read the types of decorated members. ` +
      "Name them in the decorators, for example @Inject(Service) or @Column({ type: Number }).",
  ];
}

function isTransformFailure(error: unknown): error is TransformFailure {
  return error instanceof Error && Array.isArray((error as Partial<TransformFailure>).errors);
}
