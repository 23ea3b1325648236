import { type DestinationStream, type LevelWithSilent, type Logger, pino } from "pino";
import type { Output } from "./output.ts";
import { timeText } from "./span-text.ts";

/** The log of a service: one JSON document a line on stderr. */
export function serviceLog(name: string, level: LevelWithSilent): Logger {
  return pino({ name, level }, pino.destination({ dest: 2, sync: false }));
}

/** The log of a service inside `baton dev`: one readable line on stderr. */
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
  return parts.join("  ");
}
