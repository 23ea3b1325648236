/** The table from which threads know the sources of a version's modules. File names are those of outputs. */
export interface ModuleTable {
  /** Source by output, relative to the outputs' folder. */
  readonly sources: Readonly<Record<string, string>>;
  /** The target of `require`, by output and specifier: an output, or a file relative to the outputs' folder. */
  readonly required: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The file of a version that holds its {@link ModuleTable}. */
export const moduleTableName = "modules.json";
