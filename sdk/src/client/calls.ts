// For Baton's own tools, which ship with the SDK of their version.
import { callRun } from "./client.ts";
import type { RunMethod } from "./transport.ts";

/**
 * Makes one call of the protocol, by its name there, for example `"Trigger"`. Request and answer are the messages of
 * `baton.v1`.
 * @throws ApiError
 */
export function callCoordinator(method: string, request: object): Promise<object> {
  return callRun(method as RunMethod, request as never);
}
