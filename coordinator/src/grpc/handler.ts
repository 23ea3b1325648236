import type { EventEmitter } from "node:events";
import { longestTimerMs } from "@baton/proto/contract/limits";
import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServerDuplexStream,
  ServerWritableStream,
} from "@grpc/grpc-js";
import { mayHaveHappened, StoreError } from "../errors.ts";
import type { ServiceContext } from "./service-context.ts";
import { failureStatus } from "./wire/status.ts";

type HandlerContext = Pick<ServiceContext, "log" | "streams">;

/** How long before its deadline a waiting call is answered, in milliseconds, so that the answer arrives. */
export const deadlineMarginMs = 200;

/** Returns a gRPC handler that ends its call with the status of a thrown error. */
export function unary<Request, Response>(
  context: HandlerContext,
  handle: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const fail = (error: unknown) => callback(failureStatus(error, context.log));
    try {
      const answer = handle(call.request);
      const succeed = (value: Response) => callback(null, value);
      if (answer instanceof Promise) withinDeadline(answer, call.getDeadline()).then(succeed, fail);
      else succeed(answer);
    } catch (error) {
      fail(error);
    }
  };
}

/** Rejects before the deadline. Only the store keeps a call waiting, so the error names the store. */
async function withinDeadline<T>(answer: Promise<T>, deadline: Date | number): Promise<T> {
  const remainingMs = Number(deadline) - Date.now();
  if (remainingMs > longestTimerMs) return answer;
  const patienceMs = Math.max(remainingMs / 2, remainingMs - deadlineMarginMs);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StoreError(`The store did not answer in time. ${mayHaveHappened}`)),
      patienceMs,
    );
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Like {@link unary}, for a call with a stream of answers. It ends with UNAVAILABLE when the server stops. */
export function serverStream<Request, Response>(
  context: HandlerContext,
  handle: (call: ServerWritableStream<Request, Response>) => void | Promise<void>,
): handleServerStreamingCall<Request, Response> {
  return (call) => open(context, call, handle);
}

/** Like {@link unary}, for a stream in both directions. It ends with UNAVAILABLE when the server stops. */
export function duplexStream<Request, Response>(
  context: HandlerContext,
  handle: (call: ServerDuplexStream<Request, Response>) => void | Promise<void>,
): handleBidiStreamingCall<Request, Response> {
  return (call) => open(context, call, handle);
}

/** Ends a stream with the status of a failure. Messages that were written before are still sent. */
export function failStream(
  call: { emit(event: "error", error: unknown): boolean },
  error: unknown,
  context: HandlerContext,
): void {
  call.emit("error", failureStatus(error, context.log));
}

function open<Call extends EventEmitter>(
  context: HandlerContext,
  call: Call,
  handle: (call: Call) => void | Promise<void>,
): void {
  try {
    context.streams.add(call);
    handle(call)?.catch((error: unknown) => failStream(call, error, context));
  } catch (error) {
    failStream(call, error, context);
  }
}
