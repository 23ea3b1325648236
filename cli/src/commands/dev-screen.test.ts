import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { Run } from "@baton/coordinator";
import { Output } from "../show/output.ts";
import { DevScreen } from "./dev-screen.ts";

const columns = 80;
const long = "a-task-with-an-id-that-is-much-longer-than-anybody-would-think-of-giving-to-one-of-his-tasks";
const tasks = [
  { id: long, filePath: `trigger/${long}/index.ts` },
  { id: "send", filePath: "trigger/mail/send.ts" },
];

/** A screen on a terminal of 80 columns, or on a pipe, with what it shows. */
function makeScreen(isTTY: boolean, more: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
  let text = "";
  const stream = { isTTY, columns, write: (written: string) => (text += written) };
  const output = new Output(stream, stream, { TERM: "xterm", ...more.env });
  const options = { output, env: more.env ?? {}, cwd: more.cwd ?? "/app", projectDir: "/app", pollMs: undefined };
  return { screen: new DevScreen(options), lines: () => stripVTControlCharacters(text).trimEnd().split("\n") };
}

function run(status: Run["status"], more: object = {}): Run {
  const id = "run_0mwycs4d4ae02b02bfc43a49de92d";
  return {
    id,
    taskId: long,
    status,
    updatedAt: 0,
    attempts: [],
    timeline: [],
    attemptNumber: 1,
    activeMs: 12,
    ...more,
  } as never;
}

const error = {
  type: "builtIn",
  name: "TypeError",
  message: `no such city ${"and so on ".repeat(20)}`,
  stackTrace: "TypeError: x\n    at find (/app/src/find.ts:1:2)\n    at node:internal/timers:1:1",
};

test("no line is wider than a terminal of 80 columns, whatever is shown", () => {
  const { screen, lines } = makeScreen(true);
  const editedFiles = ["trigger/mail/send.ts", `src/${long}.ts`, "src/a.ts", "src/b.ts", "src/c.ts"];
  screen.showAddress("127.0.0.1:4751", "/app/.baton", "127.0.0.1:4750");
  screen.showCutOff(100, 100);
  const problem = new Error(`The task files cannot be compiled.\n  trigger/${long}.ts:1:2: ${"odd ".repeat(30)}`);
  screen.showProblems([problem], undefined);
  screen.showVersion({ version: "20261127.1", tasks: [], isPartial: false, editedFiles: [] });
  screen.showVersion({
    version: "20261127.2",
    tasks,
    isPartial: true,
    editedFiles,
    changes: tasks.map((task) => ({ ...task, type: "added" })),
  });
  screen.showProblems([problem, problem], undefined);
  screen.showProblems([problem], [`trigger/${long}.ts`, "trigger/a.ts"]);
  screen.showMended();
  screen.showFolderLost("/app/.baton");
  screen.showEnvironment({ files: [".env.development.local"], variables: ["DATABASE_URL", "API_URL", "A", "B", "C"] });
  screen.showEnvironment({
    files: [".env", ".env.local", ".env.development", ".env.development.local"],
    variables: [],
  });
  screen.showRun(run("queued"));
  screen.showRun(run("executing", { attemptNumber: 2 }));
  screen.showRun(run("reattempting", { attempts: [{ error }], dueAt: 86_400_000, attemptNumber: 12 }));
  screen.showRun(run("failed", { error, attemptNumber: 12, activeMs: 100_000_000 }));
  screen.showDraining({ attemptCount: 12, graceMs: 25_000 });
  const shown = lines();
  // Except a command to copy, which must stay on one line.
  const tooWide = shown.filter((line) => line.length > columns && !line.startsWith("trigger   "));
  assert.deepEqual(tooWide, []);
  const words = ["queued", "executing", "reattempting", "failed", "at find (src/find.ts:1:2)", "25.0 s at most"];
  for (const word of words)
    assert.ok(
      shown.some((line) => line.includes(word)),
      `${word} is not shown`,
    );
});

test("the first version shows every task and what to do, the next ones what changed", () => {
  const { screen, lines } = makeScreen(false);
  const [first, second] = [
    { id: "a", filePath: "trigger/a.ts" },
    { id: "b", filePath: "src/jobs/b.ts" },
  ];
  screen.showVersion({ version: "1", tasks: [first, second], isPartial: false, editedFiles: [] });
  screen.showVersion({
    version: "2",
    tasks: [first, { id: "c", filePath: "trigger/c.ts" }],
    isPartial: false,
    editedFiles: ["trigger/c.ts", "src/lib.ts"],
    changes: [
      { ...first, type: "changed" },
      { ...second, type: "removed" },
      { id: "c", filePath: "trigger/c.ts", type: "added" },
    ],
  });
  screen.showVersion({ version: "3", tasks: [first], isPartial: false, editedFiles: ["baton.config.ts"], changes: [] });
  assert.deepEqual(lines(), [
    "version 1 with 2 tasks",
    "  a  trigger/a.ts",
    "  b  src/jobs/b.ts",
    "watching  trigger/, src/, what is imported there, settings and .env files",
    "trigger   baton trigger a --payload '{}' --wait",
    "stop      Ctrl-C",
    "version 2 with 2 tasks after an edit of trigger/c.ts, src/lib.ts",
    "  changed  a  trigger/a.ts",
    "  removed  b  src/jobs/b.ts",
    "  added    c  trigger/c.ts",
    "version 3 with 1 task after an edit of baton.config.ts",
  ]);
});

test("of a change that concerns many tasks ten are shown", () => {
  const { screen, lines } = makeScreen(false);
  const many = Array.from({ length: 200 }, (_, index) => ({ id: `task-${index}`, filePath: "trigger/many.ts" }));
  screen.showVersion({ version: "1", tasks: [], isPartial: false, editedFiles: [] });
  const changes = many.map((task) => ({ ...task, type: "added" as const }));
  screen.showVersion({ version: "2", tasks: many, isPartial: false, editedFiles: ["trigger/many.ts"], changes });
  const shown = lines();
  assert.equal(shown.filter((line) => line.startsWith("  added")).length, 10);
  assert.ok(shown.includes("  and 190 more"));
});

test("the command to copy fits the package manager and the folder", () => {
  const commandIn = (env: NodeJS.ProcessEnv, cwd?: string): string | undefined => {
    const { screen, lines } = makeScreen(false, { env, ...(cwd === undefined ? {} : { cwd }) });
    screen.showVersion({
      version: "1",
      tasks: [{ id: "a", filePath: "trigger/a.ts" }],
      isPartial: false,
      editedFiles: [],
    });
    return lines().find((line) => line.startsWith("trigger"));
  };
  assert.equal(commandIn({}), "trigger   baton trigger a --payload '{}' --wait");
  const by = (agent: string) => commandIn({ npm_config_user_agent: agent });
  assert.equal(by("npm/10.8.2 node/v20.20.2"), "trigger   npx baton trigger a --payload '{}' --wait");
  assert.equal(by("pnpm/10.1.0 npm/?"), "trigger   pnpm exec baton trigger a --payload '{}' --wait");
  assert.equal(by("yarn/4.6.0 npm/?"), "trigger   yarn baton trigger a --payload '{}' --wait");
  assert.equal(commandIn({}, "/"), "trigger   cd app && baton trigger a --payload '{}' --wait");
});

test("a problem of the task files is shown with its code", () => {
  const { screen, lines } = makeScreen(false);
  const message = "The task files cannot be compiled.\n  trigger/a.ts:1:2: odd";
  screen.showProblems([Object.assign(new Error(message), { code: "BUILD_FAILED" })], undefined);
  assert.match(
    lines().join("\n"),
    /^error: The task files cannot be compiled\. \[BUILD_FAILED\]\n {2}trigger\/a\.ts:1:2: odd/m,
  );
});
