import { parseRunStatusName, type RunStatusName, runStatusNames } from "@baton/proto/contract/run-status";
import { type RunPage, type RunSummary, runs } from "@baton/sdk";
import { type Command, InvalidArgumentError } from "commander";
import { parseCount } from "../client/trigger-item.ts";
import { type ClientFlags, clientCommand, collect, useCoordinator } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { commandLine } from "../show/command-line.ts";
import { examplesText } from "../show/examples-text.ts";
import type { Output } from "../show/output.ts";
import { activeText } from "../show/run-card.ts";
import { shownRunIds } from "../show/run-id-text.ts";
import { errorLine } from "../show/run-json.ts";
import { paintStatus } from "../show/run-status.ts";
import { ageText, dateTimeText } from "../show/span-text.ts";
import { type Column, tableLines } from "../show/table.ts";
import { cutText } from "../show/text-width.ts";

interface Flags extends ClientFlags {
  readonly status?: readonly RunStatusName[];
  readonly task?: readonly string[];
  readonly tag?: readonly string[];
  readonly queue?: readonly string[];
  readonly limit: number;
  readonly page?: string;
}

const defaultLimit = 25;

/** `baton runs list` */
export function runsListCommand(context: CommandContext): Command {
  return clientCommand("list", "Lists runs, newest first.")
    .option("--status <status>", "only runs with this status; may be given more than once", collectStatus)
    .option("--task <taskId>", "only runs of this task; may be given more than once", collect)
    .option("--tag <tag>", "only runs with this tag; may be given more than once", collect)
    .option("--queue <name>", "only runs of this queue; may be given more than once", collect)
    .option("--limit <count>", "1 to 100", parseCount, defaultLimit)
    .option("--page <token>", "go on where an earlier list ended")
    .addHelpText(
      "after",
      `${examplesText("baton runs list --status FAILED --task thumbnails", "baton runs list --json")}\nA narrow terminal shows the beginnings of ids, which every command takes in place of whole ones.\n`,
    )
    .action(async (flags: Flags) => {
      useCoordinator(flags, context);
      const { limit, page, queue = [], status = [], tag = [], task = [] } = flags;
      const filter = { status, taskIdentifier: task, tag, queue, limit };
      show(await runs.list({ ...filter, ...(page === undefined ? {} : { after: page }) }), flags, context);
    });
}

function show({ data, pagination }: RunPage, flags: Flags, { env, output }: CommandContext): void {
  if (flags.json === true) {
    output.printJson({ data, pagination });
    return;
  }
  if (data.length === 0) {
    output.note("No runs.");
    return;
  }
  output.print(runTable(data, output, Date.now()).join("\n"));
  if (pagination.next !== undefined) output.note(`\nNext page: ${nextPageCommand(flags, pagination.next, env)}`);
}

/** Writes the command for the next page of the list. */
function nextPageCommand(flags: Flags, page: string, env: NodeJS.ProcessEnv): string {
  const { coordinator, limit, queue, status, tag, task, tokenFile } = flags;
  return commandLine(env, ["runs", "list"], {
    status,
    task,
    tag,
    queue,
    limit: limit === defaultLimit ? undefined : String(limit),
    coordinator,
    "token-file": tokenFile,
    page,
  });
}

/** Terminals with fewer columns show an error in a line of its own. */
const roomForErrors = 80;

const header: readonly Column[] = [
  { title: "RUN" },
  { title: "TASK", minWidth: 10, wantedWidth: 28 },
  { title: "STATUS" },
  { title: "AGE", alignRight: true, leaveOut: 1 },
  { title: "ATTEMPTS", alignRight: true, leaveOut: 5 },
  { title: "ACTIVE", alignRight: true, leaveOut: 3 },
  { title: "CREATED", leaveOut: 6 },
  { title: "TAGS", minWidth: 10, leaveOut: 4 },
  { title: "ERROR", minWidth: 8, wantedWidth: 24, leaveOut: 2 },
];

/** Writes the lines of a list, with errors. */
export function runTable(listed: readonly RunSummary[], output: Output, now: number): readonly string[] {
  const { columns } = output;
  const ids = shownRunIds(
    listed.map((run) => run.id),
    columns,
  );
  const errors = listed.map(({ error }) => (error === undefined ? "" : errorLine(error).trim().replace(/\s+/g, " ")));
  const hasErrorColumn = columns === undefined || columns >= roomForErrors;
  const rows = listed.map((run, place) => [
    ids[place] ?? "",
    run.taskIdentifier,
    paintStatus(output, run.status),
    ageText(now - run.createdAt.getTime()),
    String(attemptsOf(run)),
    activeText(run),
    dateTimeText(run.createdAt.getTime()),
    run.tags.join(","),
    hasErrorColumn ? (errors[place] ?? "") : "",
  ]);
  const [titles = "", ...lines] = tableLines(header, rows, columns);
  if (hasErrorColumn) return [titles, ...lines];
  return [
    titles,
    ...lines.flatMap((line, place) => {
      const error = errors[place] ?? "";
      return error === "" ? [line] : [line, cutText(`  ${error}`, columns)];
    }),
  ];
}

/** Counts the attempts of a run, the running one included, which the run's own count does not have yet. */
function attemptsOf({ attemptCount, status }: RunSummary): number {
  const goesOn = status === "EXECUTING" || status === "WAITING";
  return goesOn ? attemptCount + 1 : attemptCount;
}

function collectStatus(value: string, earlier: readonly RunStatusName[] | undefined): readonly RunStatusName[] {
  const name = value.toUpperCase().replaceAll("-", "_");
  const status = parseRunStatusName(name);
  if (status === undefined) throw new InvalidArgumentError(`It must be one of ${runStatusNames.join(", ")}.`);
  return [...(earlier ?? []), status];
}
