const inputsByProject = new Map<string, ReadonlySet<string>>();

/**
 * Remembers, within this process, which files the newest compilation of a project read, failed ones included, so that
 * the project can be watched.
 */
export function recordInputs(projectDir: string, files: ReadonlySet<string>): void {
  inputsByProject.set(projectDir, files);
}

/** The files that the newest compilation of a project read; empty before the first one. */
export function inputsOf(projectDir: string): ReadonlySet<string> {
  return inputsByProject.get(projectDir) ?? new Set();
}
