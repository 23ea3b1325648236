import { task } from "@baton/sdk";

export const flaky = task({
  id: "flaky",
  description: "Fails twice and then succeeds, as a service does that is busy.",
  retry: { maxAttempts: 3, minTimeoutInMs: 200, maxTimeoutInMs: 1_000, factor: 2, randomize: true },
  run: async (_payload: undefined, { ctx }) => {
    const { number } = ctx.attempt;
    if (number < 3) throw new Error(`The service was busy at attempt ${number}.`);
    return { succeededAtAttempt: number };
  },
});
