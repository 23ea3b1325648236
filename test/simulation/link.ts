import { EventEmitter } from "node:events";
import { type AttachRequest, type AttachRequest__Output, type AttachResponse, services } from "@baton/proto";
import { Metadata, type ServerDuplexStream, type StatusObject, status } from "@grpc/grpc-js";
import type { Process } from "./virtual-time.ts";

const { Attach } = services.runner;

/** The network between the two ends of a call. */
export interface Wire {
  now(): number;
  /** Returns the latency of the next message, in milliseconds. */
  latencyMs(): number;
  /** Whether the next message is delivered twice, where delivery is at least once. */
  doubles(): boolean;
}

/** Returns an error like that with which grpc-js ends a client's call. */
export function callError(code: status, details: string, metadata = new Metadata()): Error & StatusObject {
  return Object.assign(new Error(details), { code, details, metadata });
}

/**
 * A runner's call of Attach over a simulated connection. Messages are sent as protobuf bytes, in order in each
 * direction. When the connection is cut, messages that have not arrived are lost.
 */
export class AttachCall {
  /** The runner's end, with the members of a grpc-js client stream. */
  readonly client: ClientEnd;
  readonly #server: ServerEnd;
  readonly #wire: Wire;
  readonly #runner: Process;
  readonly #coordinator: Process;
  #isOpen = true;
  #arrival = { atRunner: 0, atCoordinator: 0 };

  constructor(wire: Wire, runner: Process, coordinator: Process) {
    this.#wire = wire;
    this.#runner = runner;
    this.#coordinator = coordinator;
    this.client = new ClientEnd(this);
    this.#server = new ServerEnd(this);
  }

  /** Passes the call to the coordinator's handler. */
  serve(attach: (call: ServerDuplexStream<AttachRequest__Output, AttachResponse>) => void): void {
    this.toCoordinator(() =>
      attach(this.#server as unknown as ServerDuplexStream<AttachRequest__Output, AttachResponse>),
    );
  }

  request(request: AttachRequest): void {
    const bytes = Attach.requestSerialize(request);
    const deliver = () => void this.#server.emit("data", Attach.requestDeserialize(bytes));
    this.toCoordinator(deliver);
    if (request.report && this.#wire.doubles()) this.toCoordinator(deliver);
  }

  respond(response: AttachResponse, onSent: (() => void) | undefined): void {
    const bytes = Attach.responseSerialize(response);
    const deliver = () => void this.client.emit("data", Attach.responseDeserialize(bytes));
    this.#toRunner(() => {
      deliver();
      if (onSent !== undefined) this.#coordinator.after(0, onSent);
    });
    if (response.dispatch && this.#wire.doubles()) this.#toRunner(deliver);
  }

  /** Ends the call with a status, after the messages sent before. */
  end(error: StatusObject | undefined): void {
    this.#toRunner(() => {
      this.#isOpen = false;
      if (error === undefined) this.client.emit("end");
      else this.client.emit("error", callError(error.code, error.details, error.metadata));
    });
  }

  /** Cuts the connection and loses undelivered messages. Each end notices after its own time, in milliseconds. */
  cut(runnerLearnsMs: number, coordinatorLearnsMs: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#runner.after(runnerLearnsMs, () => {
      this.client.emit("error", callError(status.UNAVAILABLE, "the connection was lost"));
    });
    this.#coordinator.after(coordinatorLearnsMs, () => void this.#server.emit("cancelled"));
  }

  /** Cancels the call from the runner's end. */
  cancel(): void {
    this.cut(0, this.#wire.latencyMs());
  }

  toCoordinator(deliver: () => void): void {
    if (!this.#isOpen) return;
    const at = Math.max(this.#arrival.atCoordinator, this.#wire.now() + this.#wire.latencyMs());
    this.#arrival.atCoordinator = at;
    this.#coordinator.after(at - this.#wire.now(), () => {
      if (this.#isOpen) deliver();
    });
  }

  endOfRequests(): void {
    this.toCoordinator(() => void this.#server.emit("end"));
  }

  #toRunner(deliver: () => void): void {
    if (!this.#isOpen) return;
    const at = Math.max(this.#arrival.atRunner, this.#wire.now() + this.#wire.latencyMs());
    this.#arrival.atRunner = at;
    this.#runner.after(at - this.#wire.now(), () => {
      if (this.#isOpen) deliver();
    });
  }
}

/** The client's stream object. */
class ClientEnd extends EventEmitter {
  readonly #call: AttachCall;

  constructor(call: AttachCall) {
    super();
    this.#call = call;
  }

  write(request: AttachRequest): boolean {
    this.#call.request(request);
    return true;
  }

  end(): void {
    this.#call.endOfRequests();
  }

  cancel(): void {
    this.#call.cancel();
  }
}

/** The stream object of the service's handler. */
class ServerEnd extends EventEmitter {
  readonly #call: AttachCall;

  constructor(call: AttachCall) {
    super();
    this.#call = call;
    // As in grpc-js, a handler ends the call with a status by emitting it.
    this.on("error", (error: StatusObject) => this.#call.end(error));
  }

  write(response: AttachResponse, onSent?: () => void): boolean {
    this.#call.respond(response, onSent);
    return true;
  }

  end(): void {
    this.#call.end(undefined);
  }
}
