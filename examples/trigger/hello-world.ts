import { logger, task } from "@baton/sdk";

export const helloWorld = task({
  id: "hello-world",
  description: "Says hello.",
  run: async (payload: { name?: string } | undefined) => {
    const name = payload?.name ?? "world";
    logger.info("saying hello", { name });
    return { message: `Hello, ${name}!` };
  },
});
