import * as z from "zod";
import type { IndexReport } from "./index-protocol.ts";

const task = { id: z.string(), options: z.unknown(), hasParser: z.boolean() };

const Report: z.ZodType<IndexReport> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("importing"), file: z.string() }),
  z.object({
    type: z.literal("imported"),
    module: z.object({
      file: z.string(),
      values: z.record(z.string(), z.unknown()),
      tasks: z.array(z.object({ exportName: z.string(), ...task })),
    }),
  }),
  z.object({ type: z.literal("failed"), file: z.string(), reason: z.string(), isUnplaced: z.boolean().optional() }),
  z.object({ type: z.literal("done"), unexported: z.array(z.object({ file: z.string(), ...task })) }),
  z.object({ type: z.literal("ended"), reason: z.string() }),
]);

/** Reads a message of the indexing process. Returns undefined for an invalid one, which code of the project sent. */
export function readIndexReport(sent: unknown): IndexReport | undefined {
  return Report.safeParse(sent).data;
}
