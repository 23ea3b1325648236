/** One .proto file as the descriptor set holds it. */
export interface ProtoFile {
  readonly name: string;
  /** A serialised FileDescriptorProto. */
  readonly bytes: Buffer;
  readonly dependencies: readonly string[];
}

/** Which file of a FileDescriptorSet defines what. */
export interface DescriptorIndex {
  readonly fileByName: ReadonlyMap<string, ProtoFile>;
  /** By full name: services, methods, messages, enums, fields are left out. */
  readonly fileBySymbol: ReadonlyMap<string, ProtoFile>;
}

/** Field numbers of descriptor.proto, which is as stable as the wire format. */
const fields = {
  set: { file: 1 },
  file: { name: 1, package: 2, dependency: 3, message: 4, enum: 5, service: 6 },
  message: { name: 1, nested: 3, enum: 4 },
  service: { name: 1, method: 2 },
} as const;

const lengthDelimited = 2;

/** Reads a serialised FileDescriptorSet. */
export function indexDescriptors(set: Buffer): DescriptorIndex {
  const fileByName = new Map<string, ProtoFile>();
  const fileBySymbol = new Map<string, ProtoFile>();
  for (const bytes of readFields(set).get(fields.set.file) ?? []) {
    const parts = readFields(bytes);
    const file: ProtoFile = {
      name: textOf(parts, fields.file.name),
      bytes,
      dependencies: (parts.get(fields.file.dependency) ?? []).map(String),
    };
    fileByName.set(file.name, file);
    for (const symbol of symbolsOf(parts)) fileBySymbol.set(symbol, file);
  }
  return { fileByName, fileBySymbol };
}

/** A file and everything that it imports, directly or not, itself first. */
export function withDependencies(index: DescriptorIndex, file: ProtoFile): readonly ProtoFile[] {
  const found = new Set([file]);
  // A set that grows while it is walked visits what was added.
  for (const { dependencies } of found) {
    for (const name of dependencies) {
      const dependency = index.fileByName.get(name);
      if (dependency !== undefined) found.add(dependency);
    }
  }
  return [...found];
}

type Fields = ReadonlyMap<number, readonly Buffer[]>;

function* symbolsOf(file: Fields): Generator<string> {
  const prefix = textOf(file, fields.file.package);
  for (const bytes of file.get(fields.file.message) ?? []) yield* messageSymbols(readFields(bytes), prefix);
  for (const bytes of file.get(fields.file.enum) ?? []) yield qualified(prefix, readFields(bytes), fields.message.name);
  for (const bytes of file.get(fields.file.service) ?? []) {
    const service = readFields(bytes);
    const name = qualified(prefix, service, fields.service.name);
    yield name;
    for (const method of service.get(fields.service.method) ?? []) yield qualified(name, readFields(method), 1);
  }
}

function* messageSymbols(message: Fields, prefix: string): Generator<string> {
  const name = qualified(prefix, message, fields.message.name);
  yield name;
  for (const bytes of message.get(fields.message.nested) ?? []) yield* messageSymbols(readFields(bytes), name);
  for (const bytes of message.get(fields.message.enum) ?? []) yield qualified(name, readFields(bytes), 1);
}

function qualified(prefix: string, part: Fields, nameField: number): string {
  const name = textOf(part, nameField);
  return prefix === "" ? name : `${prefix}.${name}`;
}

function textOf(part: Fields, field: number): string {
  return part.get(field)?.[0]?.toString() ?? "";
}

/** The length-delimited fields of one message, by number. The others are skipped. */
function readFields(bytes: Buffer): Fields {
  const found = new Map<number, Buffer[]>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wireType = tag & 7;
    if (wireType === lengthDelimited) {
      const length = varint();
      const values = found.get(tag >>> 3) ?? [];
      values.push(bytes.subarray(at, at + length));
      found.set(tag >>> 3, values);
      at += length;
    } else if (wireType === 0) varint();
    else at += wireType === 1 ? 8 : 4;
  }
  return found;
}
