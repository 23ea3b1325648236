// Generates src/generated/codecs.ts: functions that write and read each message in the form of the generated types, without
// reflection. Plain JavaScript, because it runs when nothing is built.
import protobuf from "protobufjs";

const { Enum, Service, Type } = protobuf;
/** Numbers of the wire types, by the type of a field. */
const wireTypes = { double: 1, string: 2, bytes: 2, bool: 0, int32: 0, uint32: 0, int64: 0, uint64: 0 };
const bitsOfWireType = 3;
const lengthDelimited = 2;
/** What the generated code takes from src/codec.ts. */
const helpers = [
  "codecOf",
  "enumNumber",
  "type MessageOutline",
  "methodOf",
  "type Reader",
  "readEnum",
  "readNested",
  "readSigned64",
  "readTextEntry",
  "readUnsigned64",
  "type Writer",
  "writeInteger64",
  "writeNested",
];

/**
 * Returns the module's text.
 *
 * @param root - the folder of the .proto files
 * @param protos - their paths in it
 */
export function generateCodecs(root, protos) {
  const all = new protobuf.Root();
  all.resolvePath = (_origin, target) => (target.startsWith("google/protobuf/") ? target : `${root}/${target}`);
  all.loadSync([...protos]).resolveAll();
  const objects = [...walk(all)];
  const services = objects.filter((each) => each instanceof Service);
  const messages = reachableFrom(objects.filter((each) => each instanceof Type && isOwn(each)));
  const enums = [...new Set(messages.flatMap((type) => type.fieldsArray.map((field) => field.resolvedType)))].filter(
    (type) => type instanceof Enum,
  );
  return `${[
    `// Generated from the .proto files by "npm run generate". Do not edit.`,
    [`import { ${helpers.join(", ")} } from "../codec.ts";`, ...messages.map(importOf)].join("\n"),
    ...enums.map(enumCode),
    ...messages.flatMap((type) => [writerCode(type), readerCode(type)]),
    registryCode(messages),
    ...services.map(serviceCode),
  ].join("\n\n")}\n`;
}

function* walk(namespace) {
  for (const each of namespace.nestedArray) {
    yield each;
    if (each.nestedArray !== undefined) yield* walk(each);
  }
}

const fullName = (type) => type.fullName.slice(1);
const isOwn = (type) => !fullName(type).startsWith("google.protobuf.");
/** The name of a type in the module: `baton.v1.Run` is `baton_v1_Run`. */
const localName = (type) => fullName(type).replaceAll(".", "_");

/** Adds the well-known types that fields have. */
function reachableFrom(types) {
  const found = new Set(types);
  for (const type of found) {
    for (const field of type.fieldsArray) if (field.resolvedType instanceof Type) found.add(field.resolvedType);
  }
  return [...found].sort((one, other) => (fullName(one) < fullName(other) ? -1 : 1));
}

function importOf(type) {
  const isNested = type.parent instanceof Type;
  // A nested message is in the file of the outermost one, under its full name.
  const exported = isNested ? `_${localName(type)}` : type.name;
  const path = fullName(isNested ? type.parent : type).replaceAll(".", "/");
  return `import type { ${exported} as ${localName(type)}, ${exported}__Output as ${localName(type)}__Output } from "./types/${path}.ts";`;
}

function enumCode(type) {
  const names = Object.entries(type.valuesById).map(([number, name]) => `  ${number}: ${JSON.stringify(name)},`);
  const numbers = Object.entries(type.values).map(([name, number]) => `  ${name}: ${number},`);
  return [
    `const ${localName(type)}_names = {\n${names.join("\n")}\n} as const;`,
    `const ${localName(type)}_numbers: Readonly<Record<string, number>> = {\n${numbers.join("\n")}\n};`,
  ].join("\n");
}

const wireTypeOf = (field) => {
  if (field.map || field.resolvedType instanceof Type) return lengthDelimited;
  if (field.resolvedType instanceof Enum) return 0;
  const wireType = wireTypes[field.type];
  if (wireType === undefined) throw new Error(`${field.fullName}: the generator does not know the type ${field.type}.`);
  return wireType;
};
const tagOf = (field, wireType) => ((field.id << bitsOfWireType) | wireType) >>> 0;
/** Whether a repeated field's values share one tag. */
const isPacked = (field) => field.repeated && wireTypeOf(field) !== lengthDelimited;
const isScalar = (field) => !(field.resolvedType instanceof Type);
/** Whether a field is written although it has its default value. */
const hasPresence = (field) => field.partOf !== null && field.partOf !== undefined;

function writerCode(type) {
  const lines = fieldsOf(type).flatMap(writeField);
  // The type of an Any also has a form that only proto-loader takes.
  const isAny = fullName(type) === "google.protobuf.Any";
  if (isAny) lines.unshift(`const message = any as Partial<${localName(type)}__Output>;`);
  return [
    `function write_${localName(type)}(${isAny ? "any" : "message"}: ${localName(type)}, writer: Writer): void {`,
    ...indent(lines),
    "}",
  ].join("\n");
}

const fieldsOf = (type) => [...type.fieldsArray].sort((one, other) => one.id - other.id);

function writeField(field) {
  const value = `message.${field.name}`;
  const tag = tagOf(field, isPacked(field) ? lengthDelimited : wireTypeOf(field));
  if (field.map) {
    if (field.keyType !== "string" || field.type !== "string")
      throw new Error(`${field.fullName}: only maps of texts.`);
    return [
      `for (const [key, value] of Object.entries(${value} ?? {})) {`,
      `  writer.uint32(${tag}).fork().uint32(10).string(key).uint32(18).string(value as string).ldelim();`,
      "}",
    ];
  }
  if (field.repeated) {
    if (isPacked(field)) {
      return [
        `if (${value} !== undefined && ${value}.length > 0) {`,
        `  writer.uint32(${tag}).fork();`,
        `  for (const value of ${value}) ${writeScalar(field, "writer", "value")};`,
        "  writer.ldelim();",
        "}",
      ];
    }
    const write = isScalar(field)
      ? writeScalar(field, `writer.uint32(${tag})`, "value")
      : `writeNested(write_${localName(field.resolvedType)}, value, ${tag}, writer)`;
    return [`if (${value} !== undefined) for (const value of ${value}) ${write};`];
  }
  if (!isScalar(field)) {
    return [
      `if (${value} !== undefined && ${value} !== null) writeNested(write_${localName(field.resolvedType)}, ${value}, ${tag}, writer);`,
    ];
  }
  const write = writeScalar(field, `writer.uint32(${tag})`, value);
  if (hasPresence(field)) return [`if (${value} !== undefined) ${write};`];
  if (field.resolvedType instanceof Enum) {
    return [
      `if (${value} !== undefined && ${value} !== 0 && ${value} !== ${JSON.stringify(field.resolvedType.valuesById[0])}) ${write};`,
    ];
  }
  const absent = { string: '""', bool: "false" }[field.type];
  if (field.type === "bytes") return [`if (${value} !== undefined && ${value}.length > 0) ${write};`];
  return [`if (${value} !== undefined && ${value} !== ${absent ?? "0"}) ${write};`];
}

function writeScalar(field, writer, value) {
  if (field.resolvedType instanceof Enum)
    return `${writer}.int32(enumNumber(${localName(field.resolvedType)}_numbers, ${value}))`;
  switch (field.type) {
    case "int64":
    case "uint64":
      return `writeInteger64(${writer}, ${value})`;
    case "bytes":
      return `${writer}.bytes(typeof ${value} === "string" ? Buffer.from(${value}, "base64") : ${value})`;
    case "double":
      return `${writer}.double(Number(${value}))`;
    default:
      return `${writer}.${field.type}(${value})`;
  }
}

function readerCode(type) {
  const output = `${localName(type)}__Output`;
  const initial = fieldsOf(type)
    .filter((field) => !hasPresence(field))
    .map((field) => `    ${field.name}: ${initialValue(field)},`);
  return [
    `function read_${localName(type)}(reader: Reader, end: number, depth: number): ${output} {`,
    `  const message: ${output} = {`,
    ...initial,
    "  };",
    "  while (reader.pos < end) {",
    "    const tag = reader.uint32();",
    "    switch (tag) {",
    ...indent(fieldsOf(type).flatMap(readField), 3),
    "      default:",
    "        reader.skipType(tag & 7);",
    "    }",
    "  }",
    "  return message;",
    "}",
  ].join("\n");
}

function initialValue(field) {
  if (field.map) return "{}";
  if (field.repeated) return "[]";
  if (!isScalar(field)) return "null";
  if (field.resolvedType instanceof Enum) return JSON.stringify(field.resolvedType.valuesById[0]);
  return { string: '""', bool: "false", bytes: "Buffer.alloc(0)" }[field.type] ?? "0";
}

function readField(field) {
  const value = `message.${field.name}`;
  const one = readValue(field);
  if (field.map) {
    return [
      `case ${tagOf(field, lengthDelimited)}: {`,
      `  const [key, value] = readNested(reader, readTextEntry, depth);`,
      `  ${value}[key] = value;`,
      "  break;",
      "}",
    ];
  }
  if (field.repeated) {
    const each = [`case ${tagOf(field, wireTypeOf(field))}:`, `  ${value}.push(${one});`, "  break;"];
    if (!isPacked(field)) return each;
    return [
      ...each,
      `case ${tagOf(field, lengthDelimited)}: {`,
      "  const last = reader.uint32() + reader.pos;",
      `  while (reader.pos < last) ${value}.push(${one});`,
      "  break;",
      "}",
    ];
  }
  const lines = [`case ${tagOf(field, wireTypeOf(field))}:`, `  ${value} = ${one};`];
  if (hasPresence(field)) {
    const { name } = field.partOf;
    const others = field.partOf.fieldsArray.filter((other) => other !== field);
    // The last member of a oneof on the wire is the one that counts.
    if (others.length > 0)
      lines.push(
        `  if (message.${name} !== undefined && message.${name} !== "${field.name}") delete message[message.${name}];`,
      );
    lines.push(`  message.${name} = "${field.name}";`);
  }
  return [...lines, "  break;"];
}

function readValue(field) {
  if (field.resolvedType instanceof Type) return `readNested(reader, read_${localName(field.resolvedType)}, depth)`;
  if (field.resolvedType instanceof Enum) {
    const type = localName(field.resolvedType);
    return `readEnum(${type}_names, reader)`;
  }
  if (field.type === "int64") return "readSigned64(reader)";
  if (field.type === "uint64") return "readUnsigned64(reader)";
  if (field.type === "bytes") return "reader.bytes() as Buffer";
  return `reader.${field.type}()`;
}

function registryCode(messages) {
  const entries = messages.map(
    (type) => `  ${JSON.stringify(fullName(type))}: codecOf(write_${localName(type)}, read_${localName(type)}),`,
  );
  const shapes = messages.map((type) => {
    const inner = type.fieldsArray.filter((field) => field.resolvedType instanceof Type);
    const packed = type.fieldsArray.filter(isPacked).map((field) => field.id);
    const pairs = inner.map((field) => `${field.id}: ${JSON.stringify(fullName(field.resolvedType))}`);
    return `  ${JSON.stringify(fullName(type))}: { messages: { ${pairs.join(", ")} }, packed: [${packed.join(", ")}] },`;
  });
  return [
    `/** The codec of each message, by its full name. */`,
    `export const codecs = {\n${entries.join("\n")}\n};`,
    "",
    `/** What each message may nest, by its full name. */`,
    `export const outlines: Readonly<Record<string, MessageOutline>> = {\n${shapes.join("\n")}\n};`,
  ].join("\n");
}

function serviceCode(service) {
  const methods = service.methodsArray.map((method) => {
    const [request, response] = [method.resolvedRequestType, method.resolvedResponseType].map((type) =>
      JSON.stringify(fullName(type)),
    );
    const path = `"/${fullName(service)}/${method.name}"`;
    const streams = `${Boolean(method.requestStream)}, ${Boolean(method.responseStream)}`;
    return `  ${method.name}: methodOf(${path}, ${streams}, ${request}, codecs[${request}], codecs[${response}]),`;
  });
  return `/** The methods of ${fullName(service)}. */\nexport const ${localName(service)} = {\n${methods.join("\n")}\n};`;
}

const indent = (lines, levels = 1) => lines.map((line) => "  ".repeat(levels) + line);
