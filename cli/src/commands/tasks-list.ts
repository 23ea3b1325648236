import { ownQueueOf } from "@baton/proto/contract/task-definition";
import { type RegisteredTask, tasks } from "@baton/sdk";
import type { Command } from "commander";
import { type ClientFlags, clientCommand, useCoordinator } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { examplesText } from "../show/examples-text.ts";
import { type Column, tableLines } from "../show/table.ts";

/** `baton tasks list` */
export function tasksListCommand(context: CommandContext): Command {
  return clientCommand("list", "Lists the registered tasks.")
    .addHelpText("after", examplesText("baton tasks list", "baton tasks list --json"))
    .action(async (flags: ClientFlags) => {
      useCoordinator(flags, context);
      const registered = await tasks.list();
      const { output } = context;
      if (flags.json === true) output.printJson({ data: registered.map(taskToJson) });
      else if (registered.length === 0)
        output.note("No tasks are registered. A runner registers the tasks of its project.");
      else output.print(tableLines(header, registered.map(row), output.columns).join("\n"));
    });
}

const header: readonly Column[] = [
  { title: "TASK", minWidth: 16 },
  { title: "VERSION", leaveOut: 2 },
  { title: "RUNNERS", alignRight: true, leaveOut: 1 },
  { title: "MACHINE", leaveOut: 4 },
  { title: "QUEUE", minWidth: 12, leaveOut: 5 },
  { title: "FILE", minWidth: 16, leaveOut: 3 },
  { title: "DESCRIPTION", minWidth: 16, leaveOut: 6 },
];

function row(task: RegisteredTask): readonly string[] {
  const { name, concurrencyLimit } = task.queue;
  const limit = concurrencyLimit === undefined ? "" : ` (${concurrencyLimit})`;
  return [
    task.id,
    task.version,
    String(task.runnerCount),
    task.machine,
    // The name of a task's own queue would only repeat the id.
    `${name === ownQueueOf(task.id) ? "-" : name}${limit}`,
    task.filePath,
    task.description ?? "",
  ];
}

function taskToJson({ maxDuration, queue, ttl, ...task }: RegisteredTask): unknown {
  return {
    description: null,
    jsonSchema: null,
    retry: null,
    ...task,
    queue: { concurrencyLimit: null, ...queue },
    maxDurationMs: maxDuration === undefined ? null : maxDuration * 1_000,
    ttlMs: ttl === undefined ? null : ttl * 1_000,
  };
}
