import assert from "node:assert/strict";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import type { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { createProgram } from "./program.ts";
import { Output } from "./show/output.ts";

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
    serviceOutput: () => new Output(stream, stream, {}),
  };
}

function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

test("every command has a help text with an example", async () => {
  for (const command of leaves(await createProgram(context(() => {})))) {
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

test("no line of a help text is wider than a terminal, but for examples, which are copied", async () => {
  for (const command of leaves(await createProgram(context(() => {})))) {
    let help = "";
    const program = await createProgram(
      context((text) => {
        help += text;
      }),
    );
    const words = [command, command.parent].flatMap((each) => (each?.parent ? [each.name()] : [])).reverse();
    await assert.rejects(program.parseAsync([...words, "--help"], { from: "user" }), {
      code: "commander.helpDisplayed",
    });
    const long = help.split("\n").filter((line) => line.length > 80 && !line.startsWith("  $ "));
    assert.deepEqual(long, [], command.name());
    assert.match(help, /Usage: baton /);
  }
});

test("every command that asks a coordinator takes its address, a token file and --json", async () => {
  const program = await createProgram(context(() => {}));
  const asking = leaves(program).filter(
    (command) => !["init", "dev", "coordinator", "runner", "export", "import"].includes(command.name()),
  );
  assert.ok(asking.length >= 8);
  for (const command of asking) {
    const flags = command.options.map((option) => option.long);
    for (const flag of ["--coordinator", "--token-file", "--json"]) assert.ok(flags.includes(flag), command.name());
  }
});

test("words that name a command load that command alone, and others load every command", async () => {
  const namesFor = async (...words: readonly string[]) =>
    leaves(
      await createProgram(
        context(() => {}),
        words,
      ),
    ).map((command) => command.name());
  assert.deepEqual(await namesFor("trigger", "x"), ["trigger"]);
  assert.deepEqual(await namesFor("runs", "get", "x"), ["get"]);
  assert.deepEqual(await namesFor("help", "tasks", "list"), ["list"]);
  assert.deepEqual(await namesFor("--version"), ["baton"]);
  assert.equal((await namesFor("runs", "gte")).length, 6);
  assert.equal((await namesFor("toString")).length, 14);
});
