import descriptor from "protobufjs/ext/descriptor/index.js";

/**
 * Renames every field and oneof of a serialised FileDescriptorSet to camel case. The loader does this for `.proto` files only and
 * keeps the names of a descriptor set. The bytes on the wire have field numbers, so nothing else changes.
 */
export function withCamelCaseFields(descriptorSet: Uint8Array): Buffer {
  const set = descriptor.FileDescriptorSet.decode(descriptorSet) as unknown as descriptor.IFileDescriptorSet;
  for (const file of set.file ?? []) {
    // protobufjs knows the fields of google.protobuf.Any by their own names.
    if (file.package === "google.protobuf") continue;
    for (const message of file.messageType ?? []) renameFields(message);
  }
  return Buffer.from(descriptor.FileDescriptorSet.encode(set).finish());
}

function renameFields(message: descriptor.IDescriptorProto): void {
  for (const field of message.field ?? []) field.name = camelCase(field.name ?? "");
  for (const oneof of message.oneofDecl ?? []) oneof.name = camelCase(oneof.name ?? "");
  for (const nested of message.nestedType ?? []) renameFields(nested);
}

/** Converts a name to camel case, but keeps a leading underscore, which the oneof of an optional field has. */
function camelCase(name: string): string {
  return name.replace(/(?<=.)_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
