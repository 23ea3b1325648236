import { SchemaError, type SchemaIssue } from "./schema-error.ts";

/** The part of the Standard Schema specification (https://standardschema.dev) that `schemaTask` uses. */
export interface StandardSchema<TInput = unknown, TOutput = TInput> {
  readonly "~standard": {
    readonly version: 1;
    readonly validate: (value: unknown) => StandardResult<TOutput> | Promise<StandardResult<TOutput>>;
    readonly types?: { readonly input: TInput; readonly output: TOutput } | undefined;
  };
}

type StandardResult<TOutput> =
  | { readonly value: TOutput; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** A schema that `schemaTask` accepts. {@link parserOf} says which method is used. */
export type PayloadSchema =
  | StandardSchema
  | ((value: unknown) => unknown)
  | { parseAsync(value: unknown): Promise<unknown> }
  | { parse(value: unknown): unknown }
  | { validateSync(value: unknown): unknown }
  | { create(value: unknown): unknown }
  | { assert(value: unknown): unknown };

/** The payload type of triggers for a schema. */
export type SchemaInput<T> =
  T extends StandardSchema<infer TInput, unknown>
    ? TInput
    : T extends { readonly _input: infer TInput }
      ? TInput
      : SchemaOutput<T>;

/** The payload type of `run` and the hooks for a schema. */
export type SchemaOutput<T> =
  T extends StandardSchema<unknown, infer TOutput>
    ? TOutput
    : T extends { readonly _output: infer TOutput }
      ? TOutput
      : T extends { assert(value: unknown): asserts value is infer TOutput }
        ? TOutput
        : T extends (value: unknown) => Promise<infer TOutput>
          ? TOutput
          : T extends (value: unknown) => infer TOutput
            ? TOutput
            : T extends { parseAsync(value: unknown): Promise<infer TOutput> }
              ? TOutput
              : T extends { parse(value: unknown): infer TOutput }
                ? TOutput
                : T extends { validateSync(value: unknown): infer TOutput }
                  ? TOutput
                  : T extends { create(value: unknown): infer TOutput }
                    ? TOutput
                    : unknown;

type Parser = (payload: unknown) => unknown;

/**
 * Returns the function that turns a payload into what `run` gets, by the first form that fits: a function with `assert`;
 * any other function; an object with `parseAsync`, `parse`, `validateSync`, `create` or `assert`. After `assert` the payload
 * itself is kept.
 *
 * Most libraries of the Standard Schema specification have one of these methods, and it throws their own errors. `~standard`
 * is used for a library that has none of them, and for a function that cannot be called with the payload.
 *
 * @returns undefined when no form fits
 */
export function parserOf(schema: unknown): Parser | undefined {
  if (schema === null || (typeof schema !== "object" && typeof schema !== "function")) return undefined;
  const members = schema as Readonly<Record<string, unknown>>;
  const method = (name: string): Parser | undefined => {
    const found = members[name];
    return typeof found === "function" ? (payload) => found.call(schema, payload) : undefined;
  };
  const assert = method("assert");
  const standard = standardParserOf(members["~standard"]);
  if (typeof schema === "function") {
    return assert ?? standard ?? (schema as Parser);
  }
  return (
    method("parseAsync") ??
    method("parse") ??
    method("validateSync") ??
    method("create") ??
    standard ??
    (assert && keepingValue(assert))
  );
}

function keepingValue(assert: Parser): Parser {
  return async (payload) => {
    await assert(payload);
    return payload;
  };
}

function standardParserOf(standard: unknown): Parser | undefined {
  if (typeof standard !== "object" || standard === null) return undefined;
  const { validate } = standard as { validate?: unknown };
  if (typeof validate !== "function") return undefined;
  return async (payload) => {
    const result = (await validate.call(standard, payload)) as StandardResult<unknown>;
    if (result.issues !== undefined) throw new SchemaError(result.issues);
    return result.value;
  };
}
