import type { MethodDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { StandbyError } from "../errors.ts";
import { duplexStream, unary } from "./handler.ts";
import type { ServiceContext } from "./service-context.ts";

type Handler = (...call: unknown[]) => void;

/** A service whose handlers can be exchanged while its server listens. It begins with {@link refusing}. */
export class SwitchedService {
  /** Ready for `addService`. */
  readonly handlers: UntypedServiceImplementation;
  #current: UntypedServiceImplementation;

  constructor(definition: object, first: UntypedServiceImplementation) {
    this.#current = first;
    const enter =
      (name: string) =>
      (...call: unknown[]) =>
        (this.#current[name] as Handler)(...call);
    this.handlers = Object.fromEntries(Object.keys(definition).map((name) => [name, enter(name)]));
  }

  /** Passes calls to these handlers from now on. */
  switchTo(handlers: object): void {
    this.#current = handlers as UntypedServiceImplementation;
  }
}

/** Returns handlers that end every call with STANDBY. */
export function refusing(
  definition: object,
  context: Pick<ServiceContext, "log" | "streams">,
  holder: () => string,
): UntypedServiceImplementation {
  const refuse = () => {
    throw new StandbyError(holder());
  };
  const methods = Object.entries(definition) as [string, MethodDefinition<object, object>][];
  return Object.fromEntries(
    methods.map(([name, { responseStream }]) => [
      name,
      responseStream ? duplexStream(context, refuse) : unary(context, refuse),
    ]),
  ) as UntypedServiceImplementation;
}
