import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { Project } from "../support/project.ts";
import { runBaton, Service } from "../support/service.ts";

const versionsOnDisk = 10;

function slowFile(text: string): string {
  return `import { existsSync } from "node:fs";
import { task } from "@baton/sdk";
export const slow = task({
  id: "slow",
  retry: { maxAttempts: 1 },
  run: async ({ gate }: { gate: string }) => {
    while (!existsSync(gate)) await new Promise((resolve) => setTimeout(resolve, 50));
    const { late } = await import("../src/late.ts");
    return late() + "${text}";
  },
});
`;
}

test("a run imports a part of its version after a dozen edits", { timeout: 180_000 }, async () => {
  const late = "export const late = () => 'late in ';\n";
  await using project = await Project.create({ "trigger/slow.ts": slowFile("version 0"), "src/late.ts": late });
  await using dev = new Service(["dev", "--listen", "127.0.0.1:0"], { cwd: project.dir });
  await dev.prints("slow  trigger/slow.ts");
  const gate = project.path("gate");
  const words = ["trigger", "slow", "--payload", JSON.stringify({ gate }), "--json"];
  const { id } = JSON.parse((await runBaton(words, { cwd: project.dir })).stdout) as { id: string };
  await dev.prints(`${id}  slow  executing`);
  const versions = () => readdirSync(project.path(".baton", "versions")).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const [first = ""] = versions();
  for (let edit = 1; edit <= versionsOnDisk + 2; edit += 1) {
    await project.write("trigger/slow.ts", slowFile(`version ${edit}`));
    await waitUntil("the version of an edit", () => dev.stdout.split("changed  slow").length - 1 === edit);
  }
  assert.ok(versions().includes(first));
  writeFileSync(gate, "");
  const { stdout } = await runBaton(["runs", "watch", id, "--json"], { cwd: project.dir });
  const { status, output } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { status: string; output: string };
  assert.deepEqual([status, output], ["COMPLETED", "late in version 0"]);
});
