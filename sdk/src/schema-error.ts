/** One thing that a schema found wrong with a payload. */
export interface SchemaIssue {
  readonly message: string;
  /** Where it is, from the outside in. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A payload that a schema refused whose library throws no errors of its own. */
export class SchemaError extends Error {
  readonly code = "PAYLOAD_REFUSED";
  readonly issues: readonly SchemaIssue[];

  constructor(issues: readonly SchemaIssue[]) {
    super(issues.map(describe).join("; ") || "The schema refused the payload.");
    this.name = "SchemaError";
    this.issues = issues;
  }
}

function describe({ message, path = [] }: SchemaIssue): string {
  const keys = path.map((part) => String(typeof part === "object" ? part.key : part));
  return keys.length === 0 ? message : `${keys.join(".")}: ${message}`;
}
