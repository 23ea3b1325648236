import { EventEmitter } from "node:events";

const inputsByProject = new Map<string, ReadonlySet<string>>();
const recordings = new EventEmitter();

/**
 * Remembers within this process which files the newest compilation of a project read, even a failed one, so that the
 * files can be watched.
 */
export function recordInputs(projectDir: string, files: ReadonlySet<string>): void {
  inputsByProject.set(projectDir, files);
  recordings.emit(projectDir);
}

/** Returns the files that the newest compilation of a project read; empty before the first one. */
export function inputsOf(projectDir: string): ReadonlySet<string> {
  return inputsByProject.get(projectDir) ?? new Set();
}

/** Calls the listener after every {@link recordInputs} of the project, until the returned function is called. */
export function onInputsRecorded(projectDir: string, listener: () => void): () => void {
  recordings.on(projectDir, listener);
  return () => void recordings.off(projectDir, listener);
}
