import { outlines } from "@baton/proto";
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import { type CoordinatorError, InvalidRequestError } from "../../errors.ts";
import { findShapeProblem, type MessageShape, makeShapes, maxMessageDepth } from "./field-count.ts";

/** Takes the place of a refused request, because an error that the decoder throws would leave without a code. */
export class RefusedRequest {
  readonly error: CoordinatorError;

  constructor(error: CoordinatorError) {
    this.error = error;
  }
}

/** The fields of requests up to this many bytes are not counted. */
const countedBytes = 1_024;
/** The character that decoding puts in place of bytes that are not UTF-8. */
const replacement = "\uFFFD";

const shapeOf = makeShapes(outlines);

/** Returns a service that checks requests as it decodes them. A refused one arrives as a {@link RefusedRequest}. */
export function guardedService<Definition extends ServiceDefinition>(definition: Definition): Definition {
  const methods = Object.entries<MethodDefinition<object, object>>(definition);
  return Object.fromEntries(methods.map(([name, method]) => [name, guardedMethod(method)])) as unknown as Definition;
}

function guardedMethod(method: MethodDefinition<object, object>): MethodDefinition<object, object> {
  const { requestDeserialize, requestType } = method as typeof method & { readonly requestType: string };
  const shape = shapeOf(requestType);
  const decode = (bytes: Buffer): object => {
    const problem = bytes.length > countedBytes ? shapeError(bytes, shape) : undefined;
    if (problem !== undefined) return new RefusedRequest(problem);
    try {
      const request = requestDeserialize(bytes);
      const broken = findBrokenText(request as RequestWithValues, bytes);
      return broken === undefined ? request : new RefusedRequest(notUtf8(broken));
    } catch (cause) {
      const message = "The request is not the protobuf message that the method takes. Use a client of this version.";
      return new RefusedRequest(new InvalidRequestError("MESSAGE_MALFORMED", "", message, { cause }));
    }
  };
  return { ...method, requestDeserialize: decode };
}

function shapeError(bytes: Buffer, shape: MessageShape): InvalidRequestError | undefined {
  switch (findShapeProblem(bytes, shape)) {
    case "fields":
      return new InvalidRequestError(
        "TOO_MANY_ITEMS",
        "",
        "The request has more fields than one message may have. Split it.",
      );
    case "depth":
      return new InvalidRequestError(
        "MESSAGE_MALFORMED",
        "",
        `The request nests messages more than ${maxMessageDepth} levels deep.`,
      );
    default:
      return undefined;
  }
}

/** The values in requests that are stored unparsed, so that bytes replaced in decoding would be lost unnoticed. */
interface RequestWithValues {
  readonly item?: { readonly payload: string } | null;
  readonly items?: readonly { readonly payload: string }[];
  readonly report?: {
    readonly outcomes: readonly { readonly success?: { readonly output: string } | null }[];
  } | null;
}

/** Returns the path of a value that was not sent as UTF-8. */
function findBrokenText({ item, items, report }: RequestWithValues, bytes: Buffer): string | undefined {
  const suspects: (readonly [path: string, text: string])[] = [];
  const look = (path: string, text: string | undefined) => {
    if (text?.includes(replacement)) suspects.push([path, text]);
  };
  look("item.payload", item?.payload);
  for (const [place, { payload }] of (items ?? []).entries()) look(`items[${place}].payload`, payload);
  for (const { success } of report?.outcomes ?? []) look("report.outcomes.success.output", success?.output);
  if (suspects.length === 0) return undefined;
  const decoded = suspects.reduce((sum, [, text]) => sum + text.split(replacement).length - 1, 0);
  return decoded > countReplacements(bytes) ? suspects[0]?.[0] : undefined;
}

/** Counts the replacement characters that the client itself sent. */
function countReplacements(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(replacement); at >= 0; at = bytes.indexOf(replacement, at + 1)) count += 1;
  return count;
}

function notUtf8(field: string): InvalidRequestError {
  return new InvalidRequestError("PAYLOAD_NOT_JSON", field, "The value is not UTF-8. Send JSON text in UTF-8.");
}
