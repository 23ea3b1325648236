import type { Task } from "./define-task.ts";
import { defineTask } from "./define-task.ts";
import { type PayloadSchema, parserOf, type SchemaInput, type SchemaOutput } from "./payload-schema.ts";
import type { Default, NoId, TaskDefinition } from "./task.ts";

/**
 * Defines a task whose payload is checked by a schema: a Standard Schema (zod, valibot, arktype and others), an object
 * that parses, or a function. Methods of the task reject with the parser's own error and create no run for a payload
 * that it refuses; the payload is sent as it was given, and parsed again before `run` and its hooks, which get what the
 * parser makes of it.
 *
 * @throws TypeError when the schema has no form that is known, and as `task` does
 */
export function schemaTask<
  const TId extends string | NoId,
  TSchema extends PayloadSchema,
  TOutput extends THookOutput = Default<unknown, TId>,
  TInit = Readonly<Record<string, unknown>>,
  THookOutput = TOutput,
>(
  definition: TaskDefinition<TId, SchemaOutput<TSchema>, TOutput, TInit, SchemaOutput<TSchema>, THookOutput> & {
    /** What checks payloads. */
    readonly schema: TSchema;
  },
): Task<TId & string, SchemaInput<TSchema>, TOutput> {
  const given: { readonly id?: unknown; readonly schema?: unknown } | null | undefined = definition;
  const parsePayload = parserOf(given?.schema);
  if (given && parsePayload === undefined) {
    throw new TypeError(
      `schemaTask("${String(given.id)}") expected "schema" to be a schema: one of a Standard Schema library, a function, ` +
        "or an object with parseAsync, parse, validateSync, create or assert.",
    );
  }
  return defineTask("schemaTask", definition as { readonly id: TId & string; readonly run: unknown }, parsePayload);
}
