import type {
  AttachRequest__Output,
  AttachResponse,
  RegisterVersionRequest__Output,
  RegisterVersionResponse,
  RunnerServiceHandlers,
} from "@baton/proto";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import { payloadLength } from "../engine/payload-cache.ts";
import { InvalidRequestError, RunnerSupersededError, StoppingError } from "../errors.ts";
import type { RunnerLink } from "../runners/runner-link.ts";
import type { RunnerSession } from "../runners/runner-session.ts";
import { duplexStream, failStream, unary } from "./handler.ts";
import type { ServiceContext } from "./service-context.ts";
import {
  dispatchToWire,
  helloFromWire,
  reportFromWire,
  versionsFromWire,
  welcomeToWire,
} from "./wire/convert-runner.ts";
import { taskDefinitionFromWire, textLengthOf } from "./wire/convert-task.ts";

type Call = ServerDuplexStream<AttachRequest__Output, AttachResponse>;

/** The most tasks of one version. */
export const maxTasksPerVersion = 10_000;

/** The most characters of their descriptions and schemas together. */
export const maxVersionTextLength = 4 * 1024 * 1024;

const hashForm = /^[0-9a-f]{64}$/;

/** Registers versions and connects streams, for runners. */
export function runnerService(context: ServiceContext): RunnerServiceHandlers {
  return {
    RegisterVersion: unary(context, (request) => registerVersion(context, request)),
    Attach: duplexStream(context, (call) => attach(context, call)),
  };
}

async function registerVersion(
  context: ServiceContext,
  { hash, tasks }: RegisterVersionRequest__Output,
): Promise<RegisterVersionResponse> {
  if (!hashForm.test(hash)) throw invalid("hash", "The hash must be a SHA-256 in lower-case hexadecimal.");
  if (tasks.length > maxTasksPerVersion) {
    throw invalid("tasks", `${tasks.length} tasks are given; at most ${maxTasksPerVersion} are allowed.`);
  }
  const definitions = tasks.map((task, index) => taskDefinitionFromWire(task, `tasks[${index}]`));
  const textLength = definitions.reduce((sum, task) => sum + textLengthOf(task), 0);
  if (textLength > maxVersionTextLength) {
    const message = `Descriptions and schemas have ${textLength} characters; at most ${maxVersionTextLength} are allowed.`;
    throw invalid("tasks", message);
  }
  const ids = new Set<string>();
  for (const [index, { id }] of definitions.entries()) {
    if (ids.has(id)) throw invalid(`tasks[${index}].id`, `Two tasks have the id "${id}".`);
    ids.add(id);
  }
  return { version: await context.coordinator.runners.registerVersion(hash, definitions) };
}

/** Connects a runner's stream to its session, from the first message until the end of the stream. */
function attach(context: ServiceContext, call: Call): void {
  let session: RunnerSession | undefined;
  let over = false;
  const close = () => {
    if (over) return;
    over = true;
    session?.closed();
  };
  const fail = (error: unknown) => {
    close();
    failStream(call, error, context);
  };
  let unreadLength = 0;
  const link: RunnerLink = {
    get unreadLength() {
      return unreadLength;
    },
    welcome: (welcome) => {
      if (!over) call.write(welcomeToWire(welcome, context.maxOutputBytes));
    },
    dispatch: (dispatch) => {
      if (over) return;
      const length = dispatch.assignments.reduce((sum, assignment) => sum + payloadLength(assignment), 0);
      unreadLength += length;
      call.write(dispatchToWire(dispatch), () => {
        unreadLength -= length;
      });
    },
    close: (reason) => {
      if (over) return;
      over = true;
      failStream(call, reason === "superseded" ? new RunnerSupersededError() : new StoppingError(), context);
    },
  };
  call.on("data", (request) => {
    if (over) return;
    try {
      if (session !== undefined) forward(request, session, context.maxOutputBytes);
      else session = context.coordinator.runners.attach(helloOf(request), link);
    } catch (error) {
      fail(error);
    }
  });
  call.on("end", () => {
    close();
    call.end();
  });
  for (const event of ["cancelled", "close", "error"]) call.once(event, close);
}

function helloOf(request: AttachRequest__Output): ReturnType<typeof helloFromWire> {
  if (request.hello) return helloFromWire(request.hello);
  throw broken("The first message of a runner's stream must be its Hello.");
}

function forward(request: AttachRequest__Output, session: RunnerSession, maxOutputBytes: number): void {
  switch (request.message) {
    case "report": {
      if (!request.report) break;
      session.report(reportFromWire(request.report, maxOutputBytes));
      return;
    }
    case "versionsChanged":
      session.versionsChanged(versionsFromWire(request.versionsChanged?.versions ?? [], "versions_changed.versions"));
      return;
    case "draining":
      session.draining();
      return;
    case "hello":
      throw broken("A second Hello came; open a new stream for a new session.");
  }
  throw broken("A message without content came; this coordinator may be older than the runner.");
}

function invalid(field: string, message: string): InvalidRequestError {
  return new InvalidRequestError("OPTION_INVALID", field, message);
}

function broken(message: string): InvalidRequestError {
  return new InvalidRequestError("PROTOCOL_BROKEN", "message", message);
}
