import type { EnvironmentRule } from "../manifest.ts";

/** From the runner process to the indexing process. */
export interface ImportRequest {
  /** Absolute paths of compiled files of one folder, loaded one after another. */
  readonly files: readonly string[];
  /** The one of them that is no task file. */
  readonly configFile?: string | undefined;
  /** Reports the exports of `configFile` instead of leaving them out. */
  readonly readsConfig?: boolean | undefined;
  readonly env: EnvironmentRule;
  readonly heapMb: number;
}

/** From the indexing thread, through its process, to the runner process. All of it may be forged by user code. */
export type IndexReport =
  | { readonly type: "ready" }
  /** The file whose import begins. */
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
  /** The thread is gone before it was done. */
  | { readonly type: "ended"; readonly reason: string };

/** What one file exports. */
export interface ImportedModule {
  readonly file: string;
  /** What a configuration file exports of `default`, `config` and `handleError`, described by `describeValue`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Names of exports in order, tasks that an earlier file exported left out. */
  readonly tasks: readonly ImportedTask[];
}

/** A task object as an export of a file. */
export interface ImportedTask {
  readonly exportName: string;
  readonly id: string;
  /** Described by `describeValue`. */
  readonly options: unknown;
  /** It checks its payloads. */
  readonly hasParser: boolean;
}

/** A task object that no file exports, and the file that was being imported when it was made. */
export interface UnexportedTask extends Omit<ImportedTask, "exportName"> {
  readonly file: string;
}
