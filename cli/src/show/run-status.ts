import { isFinalName, type RunStatusName } from "@baton/proto/contract/run-status";
import type { Output } from "./output.ts";

/** Writes a status in its colour. */
export function paintStatus(output: Output, status: RunStatusName, text: string = status): string {
  if (status === "COMPLETED") return output.paint("green", text);
  if (status === "CANCELED" || status === "REATTEMPTING") return output.paint("yellow", text);
  if (isFinalName(status)) return output.paint("red", text);
  return output.paint(status === "EXECUTING" ? "cyan" : "dim", text);
}
