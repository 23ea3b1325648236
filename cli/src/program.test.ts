import assert from "node:assert/strict";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import type { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { Output } from "./output.ts";
import { createProgram } from "./program.ts";

function context(onText: (text: string) => void): CommandContext {
  const stream = { write: onText };
  return {
    output: new Output(stream, stream, {}),
    env: {},
    cwd: "/",
    readStdin: () => Promise.resolve(""),
    openStdin: () => Readable.from([]),
    openStdout: () => ({ stream: new PassThrough(), isPipe: false }),
    finish: () => {},
    onStopSignal: () => () => {},
  };
}

function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

test("every command has a help text with an example", () => {
  for (const command of leaves(createProgram(context(() => {})))) {
    let help = "";
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    assert.match(help, /Examples?:\n\s+\$ baton /, command.name());
  }
});

test("every command that asks a coordinator takes its address, a token file and --json", () => {
  const program = createProgram(context(() => {}));
  const asking = leaves(program).filter(
    (command) => !["init", "dev", "coordinator", "runner", "export", "import"].includes(command.name()),
  );
  assert.ok(asking.length >= 8);
  for (const command of asking) {
    const flags = command.options.map((option) => option.long);
    for (const flag of ["--coordinator", "--token-file", "--json"]) assert.ok(flags.includes(flag), command.name());
  }
});
