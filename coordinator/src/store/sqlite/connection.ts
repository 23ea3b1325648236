/** A prepared statement. Its rows are arrays, in the order of the columns. */
export interface Statement {
  run(cells: readonly unknown[]): { readonly changes: number };
  get(cells: readonly unknown[]): unknown[] | undefined;
  all(cells: readonly unknown[]): unknown[][];
}

/** One open database file. */
export interface Connection {
  /** Prepares a statement whose rows are arrays. */
  prepare(sql: string): Statement;
  exec(sql: string): void;
  readonly inTransaction: boolean;
  close(): void;
}
