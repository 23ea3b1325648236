import {
  durationFromWire,
  type ListTasksResponse__Output,
  type RegisteredTask__Output,
  timestampFromWire,
} from "@baton/proto";
import type { Command } from "commander";
import { type ClientFlags, clientCommand, openConnection } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { examplesText } from "../show/examples-text.ts";
import { parseJsonText } from "../show/run-json.ts";
import { type Column, tableLines } from "../show/table.ts";

/** `baton tasks list` */
export function tasksListCommand(context: CommandContext): Command {
  return clientCommand("list", "Lists the tasks that are registered.")
    .addHelpText("after", examplesText("baton tasks list", "baton tasks list --json"))
    .action(async (flags: ClientFlags) => {
      using connection = openConnection(flags, context);
      const { tasks } = await connection.unary<ListTasksResponse__Output>((metadata, options, done) =>
        connection.tasks.listTasks({}, metadata, options, done),
      );
      const { output } = context;
      if (flags.json === true) output.printJson({ data: tasks.map(taskToJson) });
      else if (tasks.length === 0) output.note("No tasks are registered. A runner registers those of its project.");
      else output.print(tableLines(header, tasks.map(row), output.columns).join("\n"));
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

function row({ definition, version, runnerCount }: RegisteredTask__Output): readonly string[] {
  if (definition === null) return [];
  const limit = definition.concurrencyLimit === undefined ? "" : ` (${definition.concurrencyLimit})`;
  return [
    definition.id,
    version,
    String(runnerCount),
    definition.machine,
    // A task without a named queue has one of its own, whose name would only repeat the id.
    `${definition.queue === `task/${definition.id}` ? "-" : definition.queue}${limit}`,
    definition.filePath,
    definition.description,
  ];
}

function taskToJson({ definition, version, registerTime, runnerCount }: RegisteredTask__Output): unknown {
  if (definition === null) return null;
  const registeredAt = timestampFromWire(registerTime);
  const { retry } = definition;
  return {
    id: definition.id,
    description: definition.description || null,
    filePath: definition.filePath,
    exportName: definition.exportName,
    version,
    registeredAt: registeredAt === undefined ? null : new Date(registeredAt).toISOString(),
    runnerCount,
    queue: { name: definition.queue, concurrencyLimit: definition.concurrencyLimit ?? null },
    machine: definition.machine,
    maxDurationMs: durationFromWire(definition.maxDuration) ?? null,
    ttlMs: durationFromWire(definition.ttl) ?? null,
    retry: retry && {
      maxAttempts: retry.maxAttempts,
      factor: retry.factor,
      minTimeoutInMs: durationFromWire(retry.minTimeout) ?? 0,
      maxTimeoutInMs: durationFromWire(retry.maxTimeout) ?? 0,
      randomize: retry.randomize,
    },
    jsonSchema: parseJsonText(definition.jsonSchema),
  };
}
