import protobuf from "protobufjs/minimal.js";

/** Reads protobuf's wire format; created by {@link codecOf}. */
export type Reader = protobuf.Reader;
/** Writes protobuf's wire format; created by {@link codecOf}. */
export type Writer = protobuf.Writer;

/** Writes and reads one message type. */
export interface Codec<Input, Output> {
  readonly serialize: (message: Input) => Buffer;
  readonly deserialize: (bytes: Uint8Array) => Output;
}

/** What a message may nest. */
export interface MessageOutline {
  /** The full names of the message types that fields hold, by the fields' numbers. */
  readonly messages: Readonly<Record<number, string>>;
  /** The numbers of fields that hold a list of numbers without a tag for each number. */
  readonly packed: readonly number[];
}

/** Writes the fields of a message. */
export type WriteFields<Input> = (message: Input, writer: Writer) => void;
/** Reads the fields of a message that ends at a position; `depth` counts the messages around it. */
export type ReadFields<Output> = (reader: Reader, end: number, depth: number) => Output;

/** A method of a service in the form that grpc-js takes, with types for both ends of the call. */
export interface Method<Request, RequestOutput, Response, ResponseOutput> {
  readonly path: string;
  /** The name in camel case, under which clients have the method too. */
  readonly originalName: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => RequestOutput;
  readonly responseSerialize: (response: Response) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => ResponseOutput;
  /** The full name of the request's message type. */
  readonly requestType: string;
}

/** Limits the levels of nested messages, as protoc does. */
const maxDepth = 100;
const twoTo32 = 2 ** 32;

/** Returns the codec of a message from its two generated functions. */
export function codecOf<Input, Output>(write: WriteFields<Input>, read: ReadFields<Output>): Codec<Input, Output> {
  return {
    serialize: (message) => {
      const writer = protobuf.Writer.create();
      write(message, writer);
      return writer.finish() as Buffer;
    },
    deserialize: (bytes) => {
      const reader = protobuf.Reader.create(bytes);
      return readWhole(reader, read, reader.len, 1);
    },
  };
}

/** Returns a method from the codecs of its messages. */
export function methodOf<Request, RequestOutput, Response, ResponseOutput>(
  path: string,
  requestStream: boolean,
  responseStream: boolean,
  requestType: string,
  request: Codec<Request, RequestOutput>,
  response: Codec<Response, ResponseOutput>,
): Method<Request, RequestOutput, Response, ResponseOutput> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return {
    path,
    originalName: name.charAt(0).toLowerCase() + name.slice(1),
    requestStream,
    responseStream,
    requestType,
    requestSerialize: request.serialize,
    requestDeserialize: request.deserialize,
    responseSerialize: response.serialize,
    responseDeserialize: response.deserialize,
  };
}

/** Writes a nested message behind its tag and length. */
export function writeNested<Input>(write: WriteFields<Input>, message: Input, tag: number, writer: Writer): void {
  writer.uint32(tag).fork();
  write(message, writer);
  writer.ldelim();
}

/** Reads a nested message, which begins with its length. */
export function readNested<Output>(reader: Reader, read: ReadFields<Output>, depth: number): Output {
  const length = reader.uint32();
  if (depth >= maxDepth) throw new RangeError(`Messages are nested more than ${maxDepth} levels deep.`);
  return readWhole(reader, read, reader.pos + length, depth + 1);
}

function readWhole<Output>(reader: Reader, read: ReadFields<Output>, end: number, depth: number): Output {
  if (end > reader.len) throw new RangeError("A message is longer than what holds it.");
  const message = read(reader, end, depth);
  if (reader.pos !== end) throw new RangeError("A field is longer than the message that holds it.");
  return message;
}

/** Reads an entry of a map from text to text, as a {@link ReadFields}. */
export function readTextEntry(reader: Reader, end: number): readonly [key: string, value: string] {
  let key = "";
  let value = "";
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === keyTag) key = reader.string();
    else if (tag === valueTag) value = reader.string();
    else reader.skipType(tag & 7);
  }
  return [key, value];
}

const keyTag = 10;
const valueTag = 18;

/** Returns the number of an enum's value, which may be its name; 0 for a name that the enum does not have. */
export function enumNumber(numbers: Readonly<Record<string, number>>, value: string | number): number {
  return typeof value === "number" ? value : (numbers[value] ?? 0);
}

/** Reads the name of an enum's value, or the number of one that this version does not know. */
export function readEnum<Name extends string>(names: Readonly<Record<number, Name>>, reader: Reader): Name {
  const number = reader.int32();
  return names[number] ?? (number as never);
}

/** Writes an int64 or uint64, which may be a decimal text. */
export function writeInteger64(writer: Writer, value: number | string | { toString(): string }): void {
  // Numbers below 2^32 have the same form in uint32, which needs no object for the halves.
  if (typeof value === "number" && value >= 0 && value < twoTo32) writer.uint32(value);
  else writer.int64(typeof value === "number" ? value : String(value));
}

/** Reads an int64 as a number, which is exact up to 2^53. */
export function readSigned64(reader: Reader): number {
  const [low, high] = readHalves(reader);
  return (high | 0) * twoTo32 + low;
}

/** Reads a uint64 as a number, which is exact up to 2^53. */
export function readUnsigned64(reader: Reader): number {
  const [low, high] = readHalves(reader);
  return high * twoTo32 + low;
}

/** Reads the low and the high 32 bits of a varint. */
function readHalves(reader: Reader): readonly [low: number, high: number] {
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    if (reader.pos >= reader.len) throw new RangeError("A number ends in its middle.");
    const byte = reader.buf[reader.pos] ?? 0;
    reader.pos += 1;
    const bits = byte & 0x7f;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high |= bits >>> 4;
    } else if (shift < 63) high |= bits << (shift - 32);
    else high |= (bits & 1) << 31;
    if (byte < 0x80) return [low >>> 0, high >>> 0];
  }
  throw new RangeError("A number has more than ten bytes.");
}
