import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/**
 * Keeps the standard streams open when code closes their file descriptors, which all threads share. Otherwise the next
 * file or socket of any thread would get the number, and libuv aborts a process that closes such a file or socket.
 */
export function keepStandardDescriptors(): void {
  const { close, closeSync } = fs;
  const kept = {
    close(fd: number, ...rest: [done?: fs.NoParamCallback]): void {
      if (!isStandard(fd)) close(fd, ...rest);
      else if (typeof rest[0] === "function") setImmediate(rest[0], null);
    },
    closeSync(fd: number): void {
      if (!isStandard(fd)) closeSync(fd);
    },
  };
  Object.assign(fs, kept);
  syncBuiltinESMExports();
}

function isStandard(fd: unknown): boolean {
  return fd === 0 || fd === 1 || fd === 2;
}
