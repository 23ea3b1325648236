/** Why a version could not be built. The message is for the author of the files and needs no stack trace. */
export abstract class BuildError extends Error {
  /** Stable; listed in docs/errors.md. */
  abstract readonly code: string;
  /** The files that cannot be used because of the error, relative to the project. */
  abstract readonly files: readonly string[];

  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when the configuration file cannot be compiled or loaded, or has invalid fields. */
export class ConfigFileInvalidError extends BuildError {
  override readonly code = "CONFIG_FILE_INVALID";
  /** Relative to the project. */
  readonly file: string;
  override readonly files: readonly string[];

  constructor(file: string, reason: string) {
    super(`The configuration file ${file} cannot be used.\n${indent(reason)}`);
    this.file = file;
    this.files = [file];
  }
}

/** Thrown when compiled versions cannot be written to Baton's folder in the project. */
export class ProjectFolderError extends BuildError {
  override readonly code = "PROJECT_UNREADABLE";
  override readonly files: readonly string[] = [];

  constructor(dir: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`"${dir}" must be a folder in which compiled versions can be written: ${reason}.`, { cause });
  }
}

/** Thrown when task files cannot be compiled. Lists every problem as `file:line:column: reason`. */
export class BuildFailedError extends BuildError {
  override readonly code = "BUILD_FAILED";
  readonly problems: readonly string[];
  /** The files with a problem and the files that import them, relative to the project. */
  override readonly files: readonly string[];

  constructor(problems: readonly string[], files: readonly string[]) {
    super(`The task files cannot be compiled.\n${problems.map(indent).join("\n")}`);
    this.problems = problems;
    this.files = files;
  }
}

/** Thrown when task files throw, end the process or never finish while they are imported. */
export class TaskIndexingImportError extends BuildError {
  override readonly code = "TASK_IMPORT_FAILED";
  readonly failures: readonly ImportFailure[];
  override readonly files: readonly string[];

  constructor(failures: readonly ImportFailure[]) {
    super(
      `${failures.length === 1 ? "A task file" : `${failures.length} task files`} could not be imported.\n` +
        failures.map(({ file, reason }) => indent(`${file}: ${reason}`)).join("\n"),
    );
    this.failures = failures;
    this.files = failures.map(({ file }) => file);
  }
}

/** One file that could not be imported. */
export interface ImportFailure {
  /** Relative to the project. */
  readonly file: string;
  readonly reason: string;
}

/** Thrown when task options are invalid. Nothing of the version is registered then. */
export class TaskMetadataParseError extends BuildError {
  override readonly code: "TASK_METADATA_INVALID" | "OPTION_NOT_SUPPORTED";
  readonly issues: readonly DefinitionIssue[];
  override readonly files: readonly string[];

  constructor(issues: readonly DefinitionIssue[]) {
    super(
      `${issues.length === 1 ? "A task option is" : `${issues.length} task options are`} invalid.\n` +
        issues
          .map((issue) => indent(`${issue.file}: task "${issue.taskId}": ${issue.path}: ${issue.reason}`))
          .join("\n"),
    );
    this.issues = issues;
    this.files = issues.map(({ file }) => file);
    this.code = issues.every(({ code }) => code === "OPTION_NOT_SUPPORTED")
      ? "OPTION_NOT_SUPPORTED"
      : "TASK_METADATA_INVALID";
  }
}

/** One invalid option of one task. */
export interface DefinitionIssue {
  readonly code: "TASK_METADATA_INVALID" | "OPTION_NOT_SUPPORTED";
  /** Relative to the project. */
  readonly file: string;
  readonly taskId: string;
  /** The option, with its members: `retry.factor`. */
  readonly path: string;
  readonly reason: string;
}

/** Thrown when different tasks have the same id. */
export class DuplicateTaskIdsError extends BuildError {
  override readonly code = "TASK_ID_DUPLICATE";
  readonly duplicates: readonly DuplicateTaskId[];
  override readonly files: readonly string[];

  constructor(duplicates: readonly DuplicateTaskId[]) {
    super(
      "Every task needs an id of its own.\n" +
        duplicates.map(({ id, files }) => indent(`"${id}" is defined in ${files.join(" and ")}`)).join("\n"),
    );
    this.duplicates = duplicates;
    this.files = duplicates.flatMap(({ files }) => files);
  }
}

/** An id and the files that use it; a file that uses it twice is listed twice. */
export interface DuplicateTaskId {
  readonly id: string;
  readonly files: readonly string[];
}

/** Thrown when task files have problems of several kinds. Contains all of them. */
export class TaskFilesInvalidError extends BuildError {
  override readonly code = "TASK_FILES_INVALID";
  readonly errors: readonly BuildError[];
  override readonly files: readonly string[];

  constructor(errors: readonly BuildError[]) {
    super(errors.map(({ message }) => message).join("\n"));
    this.files = errors.flatMap(({ files }) => files);
    this.errors = errors;
  }
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
