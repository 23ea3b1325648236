import { type DestinationStream, type LevelWithSilent, type Logger, pino } from "pino";
import { LineWriter } from "./line-writer.ts";
import type { Output } from "./output.ts";
import { timeText } from "./span-text.ts";
import { wrapLine } from "./text-width.ts";

/** Makes the log of a service: one JSON document a line on stderr. It never blocks or ends the service. */
export function serviceLog(name: string, level: LevelWithSilent): Logger {
  const onRoom = (droppedLines: number) => log.warn({ droppedLines }, "log lines were dropped, nothing took them");
  const destination = new LineWriter(2, { onRoom });
  const log = pino({ name, level, serializers: { err: errorFields } }, destination);
  return log;
}

/** Leaves out the stack of an expected failure, which has a code. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return pino.stdSerializers.err(error as Error);
  return { type: error.name, code: error.code, message: error.message };
}

/** Makes the log of a service inside `baton dev`: one readable line on stderr. */
export function readableLog(level: LevelWithSilent, output: Output): Logger {
  const destination: DestinationStream = { write: (text) => output.note(readableLine(text, output)) };
  return pino({ level, base: null }, destination);
}

function readableLine(text: string, output: Output): string {
  const { level, time, msg, err, ...fields } = JSON.parse(text) as Record<string, unknown>;
  const label = pino.levels.labels[Number(level)] ?? "info";
  const colour = Number(level) >= 50 ? "red" : Number(level) >= 40 ? "yellow" : "dim";
  const facts = Object.entries(fields).map(([name, value]) =>
    output.paint("dim", `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`, "err"),
  );
  const message = (err as { message?: string } | undefined)?.message;
  const parts = [
    output.paint("dim", timeText(Number(time)), "err"),
    output.paint(colour, label.padEnd(5), "err"),
    String(msg ?? ""),
    ...(message === undefined ? [] : [message]),
    ...facts,
  ];
  const line = parts.join("  ");
  return output.noteColumns === undefined ? line : wrapLine(line, output.noteColumns, "14:03:09.120  ".length);
}
