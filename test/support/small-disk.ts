import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/**
 * Mounts a file system in memory on a folder, which is made if it is missing. Returns why that is not possible, for the test
 * that is then left out.
 *
 * @param size - as mount takes it, such as "64k"
 */
export function mountSmallDisk(dir: string, size: string): string | undefined {
  mkdirSync(dir, { recursive: true });
  const { error, status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", dir]);
  return status === 0 ? undefined : `a small file system cannot be mounted here: ${error?.message ?? String(stderr)}`;
}

/** Unmounts it, even while a process has a file of it open. */
export function unmountSmallDisk(dir: string): void {
  spawnSync("umount", ["-l", dir]);
}
