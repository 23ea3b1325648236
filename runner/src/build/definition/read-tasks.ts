import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import {
  type DefinitionIssue,
  type DuplicateTaskId,
  DuplicateTaskIdsError,
  TaskMetadataParseError,
} from "../build-error.ts";
import { type DefinitionContext, type ExportedTask, readDefinition } from "./task-definition.ts";

/** The tasks of a version as they were read. With errors, nothing of the version may be registered. */
export interface TasksReading {
  /** Sorted by id. */
  readonly definitions: readonly TaskDefinition[];
  readonly errors: readonly (TaskMetadataParseError | DuplicateTaskIdsError)[];
  readonly warnings: readonly string[];
}

/** Checks all tasks of a version, each by itself and for conflicts with the others. */
export function readTasks(tasks: readonly ExportedTask[], context: DefinitionContext): TasksReading {
  const readings = tasks.map((task) => readDefinition(task, context));
  const definitions = readings.map(({ definition }) => definition);
  const issues = [...readings.flatMap((reading) => reading.issues), ...findLimitConflicts(definitions)];
  const duplicates = findDuplicates(definitions);
  const errors: (TaskMetadataParseError | DuplicateTaskIdsError)[] = [];
  if (issues.length > 0) errors.push(new TaskMetadataParseError(issues));
  if (duplicates.length > 0) errors.push(new DuplicateTaskIdsError(duplicates));
  return {
    definitions: definitions.sort((a, b) => (a.id < b.id ? -1 : 1)),
    errors,
    warnings: readings.flatMap((reading) => reading.warnings),
  };
}

function findDuplicates(definitions: readonly TaskDefinition[]): DuplicateTaskId[] {
  const filesById = new Map<string, string[]>();
  for (const { id, filePath } of definitions) filesById.set(id, [...(filesById.get(id) ?? []), filePath]);
  return [...filesById].filter(([, files]) => files.length > 1).map(([id, files]) => ({ id, files }));
}

/**
 * Returns an issue for every declaration of a queue whose limit differs from the first. Declarations without a limit
 * only use the queue.
 */
function findLimitConflicts(definitions: readonly TaskDefinition[]): DefinitionIssue[] {
  const declaredBy = new Map<string, TaskDefinition>();
  const issues: DefinitionIssue[] = [];
  for (const definition of definitions) {
    if (definition.concurrencyLimit === undefined) continue;
    const first = declaredBy.get(definition.queue);
    if (first === undefined) declaredBy.set(definition.queue, definition);
    else if (first.concurrencyLimit !== definition.concurrencyLimit && first.id !== definition.id) {
      issues.push({
        code: "TASK_METADATA_INVALID",
        file: definition.filePath,
        taskId: definition.id,
        path: "queue.concurrencyLimit",
        reason:
          `the queue "${definition.queue}" has the limit ${first.concurrencyLimit} in task "${first.id}" ` +
          `(${first.filePath}) and ${definition.concurrencyLimit} here; give it one`,
      });
    }
  }
  return issues;
}
