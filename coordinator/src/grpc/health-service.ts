import type { HealthCheckRequest__Output, HealthCheckResponse, HealthHandlers } from "@baton/proto";
import type { ServerWritableStream } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { InvalidRequestError, shortened } from "../errors.ts";
import { failureStatus } from "./wire/status.ts";

type WatchCall = ServerWritableStream<HealthCheckRequest__Output, HealthCheckResponse>;

/**
 * Reports whether the coordinator serves; needs no token. Until `setServing` is called the coordinator stands by: the
 * server as a whole is healthy, and no service serves.
 */
export class HealthService {
  readonly #services: ReadonlySet<string>;
  readonly #watchers = new Set<WatchCall>();
  readonly #log: Logger;
  #serving = false;
  #standby = true;

  /** @param services full names; `""`, the server as a whole, is added */
  constructor(services: readonly string[], log: Logger) {
    this.#log = log;
    this.#services = new Set(["", ...services]);
  }

  /** Changes the state of every service, and informs the watchers of those that changed. */
  setServing(serving: boolean): void {
    const before = new Map([...this.#services].map((service) => [service, this.#answer(service).status]));
    this.#standby = false;
    this.#serving = serving;
    for (const call of this.#watchers) {
      const { service } = call.request;
      const answer = this.#answer(service);
      if (this.#services.has(service) && answer.status !== before.get(service)) call.write(answer);
    }
  }

  /** Ends every watch. */
  endWatches(): void {
    for (const call of this.#watchers) call.end();
    this.#watchers.clear();
  }

  /** Returns the handlers of grpc.health.v1. */
  handlers(): HealthHandlers {
    return {
      Check: (call, callback) => {
        if (this.#services.has(call.request.service)) return callback(null, this.#answer(call.request.service));
        const message = `No service has the name "${shortened(call.request.service)}".`;
        callback(failureStatus(new InvalidRequestError("SERVICE_UNKNOWN", "service", message), this.#log));
      },
      Watch: (call) => {
        this.#watchers.add(call);
        for (const event of ["cancelled", "close", "error"]) call.once(event, () => this.#watchers.delete(call));
        call.write(
          this.#services.has(call.request.service) ? this.#answer(call.request.service) : { status: "SERVICE_UNKNOWN" },
        );
      },
    };
  }

  #answer(service: string): HealthCheckResponse {
    return { status: this.#serving || (this.#standby && service === "") ? "SERVING" : "NOT_SERVING" };
  }
}
