import { services } from "@baton/proto";
import type { MethodDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { StandbyError } from "../errors.ts";
import { HealthService } from "./health-service.ts";
import { bind, checkListen, type GrpcServerOptions, makeServer, ownServices, serviceName } from "./server.ts";
import { failureStatus } from "./status.ts";

/** What a coordinator that stands by listens with. */
export type StandbyServerOptions = Pick<GrpcServerOptions, "insecure" | "listen" | "log" | "token">;

/** Listens until the coordinator takes over. */
export interface StandbyServer {
  stop(): void;
}

/** One call of a kind that is not known here: unary ones have a callback, streams have an event. */
interface AnyCall {
  emit(event: "error", error: object): boolean;
}

/**
 * Says that this process is well and does not serve: health answers, every other call ends with STANDBY.
 * @throws InsecureListenError, PortInUseError
 */
export async function startStandbyServer(settings: StandbyServerOptions, holder: string): Promise<StandbyServer> {
  checkListen(settings);
  const server = makeServer(settings.log);
  for (const service of ownServices) server.addService(service, refusing(service, holder, settings.log));
  const health = new HealthService(ownServices.map(serviceName));
  health.setStandby();
  server.addService(services.health, health.handlers());
  await bind(server, settings.listen);
  return { stop: () => server.forceShutdown() };
}

function refusing(service: object, holder: string, log: Logger): UntypedServiceImplementation {
  const methods = Object.entries(service) as [string, MethodDefinition<object, object>][];
  return Object.fromEntries(
    methods.map(([name, { responseStream }]) => [
      name,
      (call: AnyCall, callback?: (error: object) => void) => {
        const failure = failureStatus(new StandbyError(holder), log);
        if (responseStream) call.emit("error", failure);
        else callback?.(failure);
      },
    ]),
  );
}
