import { createHash } from "node:crypto";
import path from "node:path";

const longestReadablePart = 80;
const digestLength = 10;

/**
 * Names the output of a source file. All outputs lie in one folder; a digest of the source's path keeps two names apart
 * that become equal when they are flattened, shortened and written in ASCII.
 *
 * @param projectDir - Absolute; the name depends on where the file lies relative to it.
 * @param extension - With its dot.
 */
export function outputName(projectDir: string, file: string, extension: string): string {
  const relative = path.relative(projectDir, file).split(path.sep).join("/");
  const digest = createHash("sha256").update(relative).digest("hex").slice(0, digestLength);
  const readable = relative
    .replaceAll(/[^\w.-]+/g, "_")
    .replace(/^[._]+/, "")
    .slice(-longestReadablePart);
  return `${readable}-${digest}${extension}`;
}
