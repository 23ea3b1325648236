import { task } from "@baton/sdk";

export const neverEnds = task({
  id: "never-ends",
  description: "Blocks its thread for ever; maxDuration stops it after a second.",
  maxDuration: 1,
  run: async () => {
    for (;;);
  },
});
