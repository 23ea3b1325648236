import { Project } from "../support/project.ts";

const tasks = `import { task } from "@baton/sdk";

export const echo = task({
  id: "echo",
  run: async (payload: { n: number; text: string }) => ({ n: payload.n * 2, text: payload.text }),
});

/** The same with every hook that is called when an attempt succeeds. */
export const hooked = task({
  id: "hooked",
  init: async (_payload: { n: number; text: string }) => ({ factor: 2 }),
  middleware: async (_payload, { next }) => next(),
  onStart: async () => undefined,
  onStartAttempt: async () => undefined,
  run: async (payload, { init }) => ({ n: payload.n * init.factor, text: payload.text }),
  onSuccess: async () => undefined,
  onComplete: async () => undefined,
  cleanup: async () => undefined,
});
`;

/** Creates a project with tiny tasks, on the measured disk. */
export function createBenchProject(dir: string): Promise<Project> {
  return Project.create({ "trigger/echo.ts": tasks }, dir);
}
