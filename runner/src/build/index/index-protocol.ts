import type { EnvironmentRule } from "../manifest.ts";

/** A message of the runner process to the indexing process. */
export interface ImportRequest {
  /** Absolute paths of compiled files in one folder, loaded one after another. */
  readonly files: readonly string[];
  /** The one of the files that is not a task file. */
  readonly configFile?: string | undefined;
  /** Whether the exports of `configFile` are reported. */
  readonly readsConfig?: boolean | undefined;
  readonly env: EnvironmentRule;
  readonly heapMb: number;
}

/** A message of the indexing thread, through its process, to the runner process. User code may forge all of it. */
export type IndexReport =
  | { readonly type: "ready" }
  /** The import of `file` begins. */
  | { readonly type: "importing"; readonly file: string }
  | { readonly type: "imported"; readonly module: ImportedModule }
  | {
      readonly type: "failed";
      readonly file: string;
      readonly reason: string;
      readonly isUnplaced?: boolean | undefined;
    }
  /** Every file was tried. */
  | { readonly type: "done"; readonly unexported: readonly UnexportedTask[] }
  /** The thread exited before it was done. */
  | { readonly type: "ended"; readonly reason: string };

/** The exports of one file. */
export interface ImportedModule {
  readonly file: string;
  /** The exports `default`, `config` and `handleError` of a configuration file, described by `describeValue`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Exported tasks by name, without those that an earlier file exported. */
  readonly tasks: readonly ImportedTask[];
}

/** A task object as an export of a file. */
export interface ImportedTask {
  readonly exportName: string;
  readonly id: string;
  /** Described by `describeValue`. */
  readonly options: unknown;
  /** Whether the task checks its payloads. */
  readonly hasParser: boolean;
}

/** A task object that no file exports, and the file during whose import it was made. */
export interface UnexportedTask extends Omit<ImportedTask, "exportName"> {
  readonly file: string;
}
