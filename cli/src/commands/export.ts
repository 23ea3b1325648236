import { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { examplesText } from "../show/examples-text.ts";
import { MoveProgress } from "../show/move-progress.ts";
import { version } from "../version.ts";
import { ExportFile, type ExportTarget, streamTarget } from "./export-target.ts";
import { abortOnStopSignal, makeMovedStore, storeFlag } from "./moved-store.ts";

interface Flags {
  readonly store?: string;
  readonly out?: string;
}

/** `baton export` */
export function exportCommand(context: CommandContext): Command {
  return new Command("export")
    .description(
      "Writes the whole content of a store as JSON lines for baton import. No coordinator may use the store.",
    )
    .option(...storeFlag)
    .option("--out <file>", "a new file to write (default: stdout)")
    .addHelpText(
      "after",
      examplesText(
        "baton export --store sqlite:.baton/baton.db --out baton.jsonl",
        "baton export --store sqlite:.baton/baton.db | baton import --store mongodb://127.0.0.1/baton",
      ),
    )
    .action(async (flags: Flags) => {
      const { store } = await makeMovedStore(flags.store, context);
      const signal = abortOnStopSignal(context, "The export is incomplete; baton import will refuse it.");
      const { exportStore } = await import("@baton/coordinator");
      await using target = await openTarget(flags, context);
      using progress = new MoveProgress(context.output, !target.isPipe);
      try {
        const summary = await exportStore(store, {
          write: (bytes) => target.write(bytes),
          batonVersion: version,
          now: new Date(),
          signal,
          onProgress: (counts) => progress.update(counts),
        });
        await target.finish();
        progress.finish("exported", summary);
      } finally {
        await store.close();
      }
    });
}

async function openTarget({ out }: Flags, context: CommandContext): Promise<ExportTarget> {
  return out === undefined ? streamTarget(context.openStdout()) : await ExportFile.create(out, context.cwd);
}
