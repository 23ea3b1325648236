import { Project } from "../support/project.ts";

const echoTask = `import { task } from "@baton/sdk";

export const echo = task({
  id: "echo",
  run: async (payload: { n: number; text: string }) => ({ n: payload.n * 2, text: payload.text }),
});
`;

/** A project with one tiny task, on the disk that is measured. */
export function createBenchProject(dir: string): Promise<Project> {
  return Project.create({ "trigger/echo.ts": echoTask }, dir);
}
