/** One fault that a schema found in a payload. */
export interface SchemaIssue {
  readonly message: string;
  /** The keys that lead to the fault, from the outside in. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Reports a payload that a schema refused whose library throws no error of its own. */
export class SchemaError extends Error {
  readonly code = "PAYLOAD_REFUSED";
  readonly issues: readonly SchemaIssue[];

  constructor(issues: readonly SchemaIssue[]) {
    super(describeIssues(issues) || "The schema refused the payload.");
    this.name = "SchemaError";
    this.issues = issues;
  }
}

/** Joins all issues with their places into one line. */
export function describeIssues(issues: readonly SchemaIssue[]): string {
  return issues.map(describe).join("; ");
}

function describe({ message, path = [] }: SchemaIssue): string {
  const keys = path.map((part) => String(typeof part === "object" ? part.key : part));
  return keys.length === 0 ? message : `${keys.join(".")}: ${message}`;
}
