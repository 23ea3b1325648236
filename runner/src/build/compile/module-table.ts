/** What threads read of a version to give its modules the place of their sources. File names are those of outputs. */
export interface ModuleTable {
  /** The source of each output, relative to the folder of the outputs. */
  readonly sources: Readonly<Record<string, string>>;
  /** By output and specifier: the output, or the file relative to the folder, that `require` gives. */
  readonly required: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The file of a version that holds its {@link ModuleTable}. */
export const moduleTableName = "modules.json";
