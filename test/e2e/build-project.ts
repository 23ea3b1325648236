import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this repository's installed packages. */
export const workspaceModules = fileURLToPath(new URL("../../../node_modules", import.meta.url));

/** A folder with one or more projects, each with its own packages, removed at the end. */
export class BuildProject implements AsyncDisposable {
  /** Absolute, without symbolic links. */
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /**
   * @param files - contents by path
   * @param links - targets of symbolic links by path; relative ones start at the folder, `npm:name` at the workspace's
   * packages; `@baton/sdk` is always linked
   */
  static async create(
    files: Readonly<Record<string, string>>,
    links: Readonly<Record<string, string>> = {},
  ): Promise<BuildProject> {
    const project = new BuildProject(await realpath(await mkdtemp(join(tmpdir(), "baton-build-"))));
    for (const [path, text] of Object.entries(files)) await project.write(path, text);
    for (const [path, target] of Object.entries({ "node_modules/@baton/sdk": "npm:@baton/sdk", ...links })) {
      const link = join(project.dir, path);
      await mkdir(dirname(link), { recursive: true });
      await symlink(
        target.startsWith("npm:") ? join(workspaceModules, target.slice(4)) : join(project.dir, target),
        link,
      );
    }
    return project;
  }

  async write(path: string, text: string): Promise<void> {
    const file = join(this.dir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Returns the text of a task file that exports one task. */
export function taskFile(id: string, rest = "run: async () => {}", above = ""): string {
  return `import { task } from "@baton/sdk";\n${above}\nexport const theTask = task({ id: ${JSON.stringify(id)}, ${rest} });\n`;
}
