export {
  BuildError,
  BuildFailedError,
  ConfigFileInvalidError,
  DuplicateTaskIdsError,
  TaskFilesInvalidError,
  TaskIndexingImportError,
  TaskMetadataParseError,
} from "./build/build-error.ts";
export { type BuildOptions, buildVersion } from "./build/build-version.ts";
export type { BuiltTask, BuiltVersion, ResolvedConfig } from "./build/manifest.ts";
export { type AnnouncedVersion, type EnvironmentChange, type RunnerConfig, readRunnerConfig } from "./config.ts";
export {
  CoordinatorRefusedError,
  CoordinatorUnreachableError,
  CredentialInEnvironmentError,
  RunnerError,
} from "./errors.ts";
export type { TaskChange } from "./project/task-changes.ts";
export { type RunningRunner, startRunner } from "./start-runner.ts";
