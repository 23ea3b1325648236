import { defineConfig } from "@baton/sdk";

export default defineConfig({
  project: "examples",
  dirs: ["./trigger"],
  maxDuration: 60,
});
