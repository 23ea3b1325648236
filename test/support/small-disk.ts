import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/**
 * Mounts a file system in memory on a folder, which is created if it is missing. Returns the reason when that is not
 * possible, for skipping the test.
 *
 * @param size - in the form for mount, such as "64k"
 */
export function mountSmallDisk(dir: string, size: string): string | undefined {
  mkdirSync(dir, { recursive: true });
  const { error, status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", dir]);
  return status === 0 ? undefined : `a small file system cannot be mounted here: ${error?.message ?? String(stderr)}`;
}

/** Unmounts the file system, even while a process has one of its files open. */
export function unmountSmallDisk(dir: string): void {
  spawnSync("umount", ["-l", dir]);
}
