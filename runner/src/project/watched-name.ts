import path from "node:path";

/** Folders without sources: hidden ones, packages, and generated ones. */
const skippedFolder = /^(?:\..*|node_modules|dist|build|out|coverage)$/;
const configFileName = /^(?:(?:baton|trigger)\.config\.[mc]?[jt]s|tsconfig.*\.json|package\.json)$/;
const sourceFileName = /\.(?:[mc]?[jt]s|[jt]sx)$/;
const declarationFileName = /\.d\.[mc]?ts$/;
const envFileName = /^\.env(?:\.development)?(?:\.local)?$/;

/** Whether a folder with this name is not searched for sources. Files in it that a build read are still watched. */
export function isSkippedFolder(name: string): boolean {
  return skippedFolder.test(name);
}

/** Whether builds depend on files with this name even when they are not inputs of a build. */
export function isSettingsName(file: string): boolean {
  const name = path.basename(file);
  return configFileName.test(name) || envFileName.test(name);
}

/**
 * Whether a file with this name may matter to the next build although the last one did not read it. Temporary files of
 * editors do not: they are hidden (`.#a.ts`, `._a.ts`, `.a.ts.swp`) or have another ending (`4913`, `a.ts~`, `#a.ts#`,
 * `a.ts___jb_tmp___`).
 */
export function isSourceName(file: string): boolean {
  const name = path.basename(file);
  return !name.startsWith(".") && sourceFileName.test(name) && !declarationFileName.test(name);
}
