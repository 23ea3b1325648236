import { createHash } from "node:crypto";
import path from "node:path";

const longestReadablePart = 80;
const digestLength = 10;

/**
 * Returns the name of a source file's output. All outputs are in one folder, so paths are flattened, shortened and
 * reduced to ASCII. A digest of the source's path keeps names different that this makes equal.
 *
 * @param projectDir - absolute; the name depends on the file's path relative to it
 * @param extension - with its dot
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
