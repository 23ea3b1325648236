import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import workerThreads from "node:worker_threads";

// Loaded before every unit test: a test that starts processes or threads is of another kind.
const starters = ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"] as const;
for (const name of starters) refuse(childProcess, name);
refuse(workerThreads, "Worker");
syncBuiltinESMExports();

function refuse<Module extends object>(module: Module, name: keyof Module & string): void {
  const refusal = function refusal() {
    throw new Error(`A unit test starts no process or thread (${name}): end the file's name in .process.test.ts.`);
  };
  Object.defineProperty(module, name, { value: refusal });
}
