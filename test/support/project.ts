import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const workspaceModules = fileURLToPath(new URL("../../../node_modules", import.meta.url));

/** A separate folder with task files, removed at the end. */
export class Project implements AsyncDisposable {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /**
   * Creates a project in which `@baton/sdk` is installed.
   * @param files - contents by path in the project
   * @param parent - the folder in which to create it; the system's temporary folder by default
   */
  static async create(files: Readonly<Record<string, string>>, parent = tmpdir()): Promise<Project> {
    const project = new Project(await mkdtemp(join(parent, "baton-project-")));
    await symlink(workspaceModules, join(project.dir, "node_modules"));
    for (const [path, text] of Object.entries(files)) await project.write(path, text);
    return project;
  }

  path(...parts: readonly string[]): string {
    return join(this.dir, ...parts);
  }

  async write(path: string, text: string): Promise<void> {
    const file = this.path(path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }
}
