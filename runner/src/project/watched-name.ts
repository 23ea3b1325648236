import path from "node:path";

/** Folders that hold no sources: hidden ones, packages, and what tools generate. */
const skippedFolder = /^(?:\..*|node_modules|dist|build|out|coverage)$/;
const configFileName = /^(?:(?:baton|trigger)\.config\.[mc]?[jt]s|tsconfig.*\.json|package\.json)$/;
const sourceFileName = /\.(?:[mc]?[jt]s|[jt]sx)$/;
const declarationFileName = /\.d\.[mc]?ts$/;
const envFileName = /^\.env(?:\.development)?(?:\.local)?$/;

/** Whether a folder with this name is left out of the search for sources; files that a build read are watched there too. */
export function isSkippedFolder(name: string): boolean {
  return skippedFolder.test(name);
}

/** Does every build depend on files with this name, even if no build names them as its input? */
export function isSettingsName(file: string): boolean {
  const name = path.basename(file);
  return configFileName.test(name) || envFileName.test(name);
}

/**
 * May a file with this name matter to the next build, although the last one did not read it? Temporary files of editors
 * may not: they are hidden (`.#a.ts`, `._a.ts`, `.a.ts.swp`) or have another ending (`4913`, `a.ts~`, `#a.ts#`,
 * `a.ts___jb_tmp___`).
 */
export function isSourceName(file: string): boolean {
  const name = path.basename(file);
  return !name.startsWith(".") && sourceFileName.test(name) && !declarationFileName.test(name);
}
