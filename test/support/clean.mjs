// Removes the output of `tsc --build`. Plain JavaScript, because it must work when nothing is built.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
for (const workspace of workspaces) {
  rmSync(join(root, workspace, "dist"), { recursive: true, force: true });
  rmSync(join(root, workspace, "tsconfig.tsbuildinfo"), { force: true });
}
