import descriptor from "protobufjs/ext/descriptor/index.js";

/** One .proto file of a descriptor set. */
export interface ProtoFile {
  readonly name: string;
  /** A serialised FileDescriptorProto. */
  readonly bytes: Uint8Array;
  /** Names of the files that it imports. */
  readonly dependencies: readonly string[];
}

/** Finds the file of a FileDescriptorSet that defines a name. */
export interface DescriptorIndex {
  readonly fileByName: ReadonlyMap<string, ProtoFile>;
  /** Files by the full names of services, methods, messages and enums. */
  readonly fileBySymbol: ReadonlyMap<string, ProtoFile>;
  /** Returns a file and everything that it imports, directly or not, itself first. */
  withDependencies(file: ProtoFile): readonly ProtoFile[];
}

/** Indexes a serialised FileDescriptorSet. */
export function indexDescriptors(descriptorSet: Uint8Array): DescriptorIndex {
  const set = descriptor.FileDescriptorSet.decode(descriptorSet) as unknown as descriptor.IFileDescriptorSet;
  const fileByName = new Map<string, ProtoFile>();
  const fileBySymbol = new Map<string, ProtoFile>();
  for (const source of set.file ?? []) {
    const bytes = descriptor.FileDescriptorProto.encode(source).finish();
    const file: ProtoFile = { name: source.name ?? "", bytes, dependencies: source.dependency ?? [] };
    fileByName.set(file.name, file);
    for (const symbol of symbolsOf(source)) fileBySymbol.set(symbol, file);
  }
  return { fileByName, fileBySymbol, withDependencies: (file) => withDependencies(fileByName, file) };
}

function withDependencies(fileByName: ReadonlyMap<string, ProtoFile>, file: ProtoFile): readonly ProtoFile[] {
  const found = new Set([file]);
  // Iterating over a set also visits members that are added during the iteration.
  for (const { dependencies } of found) {
    for (const name of dependencies) {
      const dependency = fileByName.get(name);
      if (dependency !== undefined) found.add(dependency);
    }
  }
  return [...found];
}

function* symbolsOf({ package: scope, messageType, enumType, service }: descriptor.IFileDescriptorProto) {
  for (const message of messageType ?? []) yield* messageSymbols(message, scope);
  for (const each of enumType ?? []) yield qualified(scope, each);
  for (const each of service ?? []) {
    const name = qualified(scope, each);
    yield name;
    for (const method of each.method ?? []) yield qualified(name, method);
  }
}

function* messageSymbols(message: descriptor.IDescriptorProto, scope: string | undefined): Generator<string> {
  const name = qualified(scope, message);
  yield name;
  for (const nested of message.nestedType ?? []) yield* messageSymbols(nested, name);
  for (const each of message.enumType ?? []) yield qualified(name, each);
}

function qualified(scope: string | undefined, { name = "" }: { name?: string }): string {
  return scope ? `${scope}.${name}` : name;
}
