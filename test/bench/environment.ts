import { execFileSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { median } from "./statistics.ts";

/** Returns the median time of a 4 KiB write with its fsync in this folder, in milliseconds. */
function fsyncMs(dir: string): number {
  const file = join(dir, "fsync-probe");
  const descriptor = openSync(file, "w");
  const page = Buffer.alloc(4096, 1);
  const times: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    const startedAt = performance.now();
    writeSync(descriptor, page);
    fsyncSync(descriptor);
    times.push(performance.now() - startedAt);
  }
  closeSync(descriptor);
  rmSync(file);
  return median(times);
}

function fileSystemOf(dir: string): string {
  try {
    const [, line = ""] = execFileSync("df", ["-T", dir], { encoding: "utf8" }).split("\n");
    return line.split(/\s+/)[1] ?? "unknown";
  } catch {
    return "unknown";
  }
}

/** Describes the computer and file system of the measurement. */
export function describeEnvironment(dir: string): string {
  const [cpu] = cpus();
  const memoryGb = (totalmem() / 2 ** 30).toFixed(0);
  return [
    `machine      ${cpus().length} x ${cpu?.model ?? "unknown"}, ${memoryGb} GB, Node ${process.version}`,
    `file system  ${fileSystemOf(dir)}, fsync ${fsyncMs(dir).toFixed(2)} ms (median of 50, 4 KiB)`,
  ].join("\n");
}
