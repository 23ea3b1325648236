import { type ListRunsResponse__Output, type Run__Output, timestampFromWire } from "@baton/proto";
import { type Command, InvalidArgumentError } from "commander";
import { type ClientFlags, clientCommand, collect, examplesText, openConnection } from "./client-command.ts";
import type { CommandContext } from "./command-context.ts";
import type { Output } from "./output.ts";
import { activeText } from "./run-card.ts";
import { listedRunToJson } from "./run-json.ts";
import {
  isRunStatus,
  paintStatus,
  type RunStatusName,
  runStatuses,
  statusFromWire,
  statusToWire,
} from "./run-status.ts";
import { dateTimeText } from "./span-text.ts";
import { type Column, tableText } from "./table.ts";
import { parseCount } from "./trigger-item.ts";

interface Flags extends ClientFlags {
  readonly status?: readonly RunStatusName[];
  readonly task?: readonly string[];
  readonly tag?: readonly string[];
  readonly queue?: readonly string[];
  readonly limit: number;
  readonly page?: string;
}

/** `baton runs list` */
export function runsListCommand(context: CommandContext): Command {
  return clientCommand("list", "Lists runs, newest first.")
    .option("--status <status>", "only runs with this status; may be given more than once", collectStatus)
    .option("--task <taskId>", "only runs of this task; may be given more than once", collect)
    .option("--tag <tag>", "only runs with this tag; may be given more than once", collect)
    .option("--queue <name>", "only runs of this queue; may be given more than once", collect)
    .option("--limit <count>", "1 to 100", parseCount, 25)
    .option("--page <token>", "go on where an earlier list ended")
    .addHelpText("after", examplesText("baton runs list --status FAILED --task thumbnails", "baton runs list --json"))
    .action(async (flags: Flags) => {
      using connection = openConnection(flags, context);
      const request = {
        statuses: (flags.status ?? []).map(statusToWire),
        taskIds: [...(flags.task ?? [])],
        tags: [...(flags.tag ?? [])],
        queues: [...(flags.queue ?? [])],
        pageSize: flags.limit,
        pageToken: flags.page ?? "",
      };
      const page = await connection.unary<ListRunsResponse__Output>((metadata, options, done) =>
        connection.runs.listRuns(request, metadata, options, done),
      );
      show(page, flags, context.output);
    });
}

function show({ runs, nextPageToken }: ListRunsResponse__Output, { json }: Flags, output: Output): void {
  if (json === true) {
    const pagination = nextPageToken === "" ? {} : { next: nextPageToken };
    output.printJson({ data: runs.map(listedRunToJson), pagination });
    return;
  }
  if (runs.length === 0) {
    output.note("No runs.");
    return;
  }
  output.print(
    tableText(
      header,
      runs.map((run) => row(run, output)),
      output.columns,
    ),
  );
  if (nextPageToken !== "") output.note(`\nMore: --page ${nextPageToken}`);
}

const header: readonly Column[] = [
  { title: "RUN" },
  { title: "TASK", flexible: true },
  { title: "STATUS" },
  { title: "ATTEMPTS", alignRight: true },
  { title: "ACTIVE", alignRight: true },
  { title: "CREATED" },
  { title: "TAGS", flexible: true },
];

function row(run: Run__Output, output: Output): readonly string[] {
  return [
    run.id,
    run.taskId,
    paintStatus(output, statusFromWire(run.status)),
    String(run.attemptCount),
    activeText(run),
    dateTimeText(timestampFromWire(run.createTime) ?? 0),
    run.tags.join(","),
  ];
}

const olderNames: Readonly<Record<string, RunStatusName>> = {
  WAITING_FOR_DEPLOY: "PENDING_VERSION",
  FROZEN: "WAITING",
  INTERRUPTED: "FAILED",
};

function collectStatus(value: string, earlier: readonly RunStatusName[] | undefined): readonly RunStatusName[] {
  const name = value.toUpperCase().replaceAll("-", "_");
  const status = olderNames[name] ?? name;
  if (!isRunStatus(status)) throw new InvalidArgumentError(`It must be one of ${runStatuses.join(", ")}.`);
  return [...(earlier ?? []), status];
}
