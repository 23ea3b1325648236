import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { examplesText } from "../show/examples-text.ts";
import { CliError } from "../show/failure.ts";
import { MoveProgress } from "../show/move-progress.ts";
import { abortOnStopSignal, makeMovedStore, storeFlag } from "./moved-store.ts";

/** `baton import` */
export function importCommand(context: CommandContext): Command {
  return new Command("import")
    .description("Imports an export into an empty store. No coordinator may use the store.")
    .argument("[file]", "the export to import (default: stdin)")
    .option(...storeFlag)
    .addHelpText(
      "after",
      examplesText(
        "baton import --store mongodb://127.0.0.1/baton baton.jsonl",
        "baton export --store mongodb://127.0.0.1/baton | baton import --store sqlite:.baton/baton.db",
      ),
    )
    .action(async (file: string | undefined, flags: { readonly store?: string }) => {
      const { place, store } = await makeMovedStore(flags.store, context);
      const { importStore } = await import("@baton/coordinator");
      const input = file === undefined ? context.openStdin() : openFile(resolve(context.cwd, file));
      const signal = abortOnStopSignal(context, "Import again; an import begins from the start.");
      signal.addEventListener("abort", () => input.destroy(signal.reason as CliError));
      using progress = new MoveProgress(context.output, true);
      try {
        const summary = await importStore(store, {
          source: readInput(input, file === undefined ? "Standard input" : `The file "${file}"`),
          place,
          onProgress: (counts) => progress.update(counts),
        });
        progress.finish("imported", summary);
      } finally {
        await store.close();
      }
    });
}

function openFile(path: string): Readable {
  return createReadStream(path, { highWaterMark: 1024 * 1024 });
}

async function* readInput(input: Readable, name: string): AsyncGenerator<Buffer> {
  try {
    yield* input;
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError("INPUT_UNREADABLE", `${name} cannot be read: ${reason}.`, { cause });
  }
}
