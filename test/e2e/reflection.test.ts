import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Project } from "../support/project.ts";
import { findFreePort, Service, serviceEnv } from "../support/service.ts";

/** `buf curl`, a client that learns about a service only through reflection, like grpcurl. */
const buf = fileURLToPath(new URL("../../../node_modules/.bin/buf", import.meta.url));
const run = promisify(execFile);

describe("a client that has no .proto files", () => {
  for (const version of ["v1", "v1alpha"]) {
    test(`lists methods and calls one through reflection ${version}, with the token only`, async () => {
      await using project = await Project.create({ token: "let-me-in" });
      const listen = `127.0.0.1:${await findFreePort()}`;
      const args = ["--listen", listen, "--store", "memory:", "--token-file", project.path("token")];
      await using coordinator = new Service(["coordinator", ...args]);
      await coordinator.prints("coordinator listening");

      const token = "authorization: Bearer let-me-in";
      const curl = async (...rest: readonly string[]): Promise<string> => {
        const how = ["--protocol", "grpc", "--http2-prior-knowledge", "--reflect-protocol", `grpc-${version}`];
        const { stdout } = await run(buf, ["curl", ...how, ...rest], { env: serviceEnv });
        return stdout;
      };
      const methods = await curl("--reflect-header", token, "--list-methods", `http://${listen}`);
      assert.match(methods, /^baton\.v1\.RunService\/Trigger$/m);
      assert.match(methods, /^grpc\.health\.v1\.Health\/Check$/m);
      await assert.rejects(curl("--list-methods", `http://${listen}`), /not authenticated/);

      // Field names as in the .proto files; the coordinator itself uses camel case.
      const item = JSON.stringify({ item: { task_id: "hello", payload: "{}", options: { max_attempts: 2 } } });
      const url = `http://${listen}/baton.v1.RunService/Trigger`;
      const answer = await curl("--reflect-header", token, "--header", token, "--data", item, url);
      const { run: triggered } = JSON.parse(answer) as { run: { runId: string; taskId: string } };
      assert.equal(triggered.taskId, "hello");
      assert.match(triggered.runId, /^run_/);
    });
  }
});
