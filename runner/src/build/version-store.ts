import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { ProjectFolderError } from "./build-error.ts";
import type { CompiledOutput } from "./compile/link.ts";
import { type BuiltVersion, manifestName, readManifest, writeManifest } from "./manifest.ts";
import { isInUse } from "./version-use.ts";

/** Number of newest versions of a project that stay on disk. Versions that a process uses stay too. */
export const keptVersions = 10;

const unfinishedPrefix = ".unfinished-";
const unfinishedLifetimeMs = 3_600_000;

/** Returns the folder of a project's versions. */
export function versionsDir(projectDir: string): string {
  return path.join(projectDir, ".baton", "versions");
}

/**
 * Writes outputs to a folder whose name marks it as unfinished.
 *
 * @returns the folder, which is beside those of the versions
 * @throws ProjectFolderError
 */
export async function writeUnfinished(projectDir: string, outputs: readonly CompiledOutput[]): Promise<string> {
  const batonDir = path.join(projectDir, ".baton");
  const dir = path.join(versionsDir(projectDir), unfinishedPrefix + randomBytes(8).toString("hex"));
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(path.join(batonDir, ".gitignore"), "*\n", { flag: "wx" }).catch(ignoreExisting);
    // Synchronous writes of small files take a tenth of the time of three calls of the thread pool for each.
    for (const { name, contents } of outputs) writeFileSync(path.join(dir, name), contents);
  } catch (cause) {
    // On a full disk, the partial folder would take space that others need.
    await rm(dir, { recursive: true, force: true }).catch(() => undefined);
    throw new ProjectFolderError(batonDir, cause);
  }
  return dir;
}

/** Returns the hash of a version's outputs, definitions and configuration. It does not depend on time and place. */
export function hashVersion(outputs: readonly CompiledOutput[], rest: Omit<BuiltVersion, "dir" | "hash">): string {
  const hash = createHash("sha256");
  for (const { name, contents } of outputs) hash.update(`${name}\0${contents.byteLength}\0`).update(contents);
  hash.update(JSON.stringify({ tasks: rest.tasks, config: rest.config }));
  return hash.digest("hex");
}

/**
 * Turns an unfinished folder into the version of its hash by an atomic rename. An existing version of that hash is used
 * instead, and gets the files that it lacks.
 *
 * @throws ProjectFolderError
 */
export async function finishVersion(
  projectDir: string,
  unfinishedDir: string,
  version: Omit<BuiltVersion, "dir">,
): Promise<BuiltVersion> {
  const dir = path.join(versionsDir(projectDir), version.hash);
  try {
    await writeManifest(unfinishedDir, version);
    await rename(unfinishedDir, dir);
  } catch (cause) {
    const existing = await mendVersion(dir, unfinishedDir).catch(() => undefined);
    if (existing === undefined) throw new ProjectFolderError(path.join(projectDir, ".baton"), cause);
    await rm(unfinishedDir, { recursive: true, force: true });
    const now = new Date();
    await utimes(dir, now, now);
  }
  await removeOldVersions(projectDir, version.hash);
  return { ...version, dir };
}

/** Replaces files of a version that were deleted or changed since it was built. */
async function mendVersion(dir: string, unfinishedDir: string): Promise<BuiltVersion> {
  const isReadable = await readManifest(dir).then(
    () => true,
    () => false,
  );
  for (const name of await readdir(unfinishedDir)) {
    // The manifests of one version differ in their warnings.
    if (name === manifestName && isReadable) continue;
    const [file, unfinished] = [path.join(dir, name), path.join(unfinishedDir, name)];
    const there = await readFile(file).catch(() => undefined);
    if (there?.equals(await readFile(unfinished)) !== true) await rename(unfinished, file);
  }
  return await readManifest(dir);
}

async function removeOldVersions(projectDir: string, current: string): Promise<void> {
  const parent = versionsDir(projectDir);
  const names = await readdir(parent);
  const found = await Promise.all(
    names.map(async (name) => ({ name, usedAt: await modifiedAt(path.join(parent, name)) })),
  );
  const finished = found.filter(({ name }) => !name.startsWith(unfinishedPrefix) && name !== current);
  const old = finished.sort((a, b) => b.usedAt - a.usedAt).slice(keptVersions - 1);
  const abandoned = found.filter(
    ({ name, usedAt }) => name.startsWith(unfinishedPrefix) && Date.now() - usedAt > unfinishedLifetimeMs,
  );
  await Promise.all([
    ...old.map(({ name }) => removeUnused(parent, name)),
    ...abandoned.map(({ name }) => rm(path.join(parent, name), { recursive: true, force: true })),
  ]);
}

/**
 * Removes a version unless a process uses it. Checks again after the rename, because a process may have begun to use it
 * before.
 */
async function removeUnused(parent: string, name: string): Promise<void> {
  const dir = path.join(parent, name);
  if (await isInUse(dir)) return;
  const aside = path.join(parent, unfinishedPrefix + randomBytes(8).toString("hex"));
  try {
    await rename(dir, aside);
    if (await isInUse(aside)) await rename(aside, dir);
    else await rm(aside, { recursive: true, force: true });
  } catch {
    // Another process removes the version or builds it again.
  }
}

async function modifiedAt(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return 0;
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
