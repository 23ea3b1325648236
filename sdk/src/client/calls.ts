// For Baton's own tools, which ship with the SDK of their version: any release may change this entry point.
import { callRun } from "./client.ts";
import type { RunMethod } from "./transport.ts";

/**
 * Makes one call of the protocol, by its name there, for example `"Trigger"`. Request and response are messages of
 * `baton.v1` as plain objects.
 * @throws ApiError
 */
export function callCoordinator(method: string, request: object): Promise<object> {
  return callRun(method as RunMethod, request as never);
}
