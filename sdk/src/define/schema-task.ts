import type { Task } from "./define-task.ts";
import { defineTask } from "./define-task.ts";
import { type PayloadSchema, parserOf, type SchemaInput, type SchemaOutput } from "./payload-schema.ts";
import type { Default, NoId, TaskDefinition } from "./task.ts";

/**
 * Defines a task whose payload a schema checks: a Standard Schema (zod, valibot, arktype and others), an object that
 * parses, or a function. `trigger` and `batchTrigger` of the task reject with the parser's own error and create no run when
 * the schema refuses the payload. The payload is sent as the caller gave it; each attempt parses it before the hooks, and
 * `run` gets the result.
 *
 * @throws TypeError when the schema has none of the known forms, and as `task` does
 * @example
 * export const welcome = schemaTask({
 *   id: "welcome",
 *   schema: z.object({ email: z.email() }),
 *   run: async ({ email }) => sendMail(email),
 * });
 */
export function schemaTask<
  const TId extends string | NoId,
  TSchema extends PayloadSchema,
  TOutput extends THookOutput = Default<unknown, TId>,
  TInit = Readonly<Record<string, unknown>>,
  THookOutput = TOutput,
>(
  definition: TaskDefinition<TId, SchemaOutput<TSchema>, TOutput, TInit, SchemaOutput<TSchema>, THookOutput> & {
    /** Checks and converts payloads. */
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
