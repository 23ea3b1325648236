// Writes src/generated from the .proto files: the FileDescriptorSet as a module, the message
// types, and the functions that write and read them.
// With --check it writes nothing and fails when src/generated is out of date.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { generateCodecs } from "./codecs.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const committed = join(root, "src", "generated");
const bin = (name) => fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));

function filesIn(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}

function generateInto(directory) {
  const setFile = join(directory, "set.binpb");
  execFileSync(bin("buf"), ["build", "--exclude-source-info", "-o", setFile], { cwd: root, stdio: "inherit" });
  const lines = readFileSync(setFile)
    .toString("base64")
    .match(/.{1,110}/g);
  rmSync(setFile);
  const body = lines.map((line) => `  "${line}",`).join("\n");
  writeFileSync(
    join(directory, "descriptor-set.ts"),
    `// Generated from the .proto files by "npm run generate". Do not edit.\n\n/** A serialised google.protobuf.FileDescriptorSet, in base64. */\nexport const descriptorSetBase64: string = [\n${body}\n].join("");\n`,
  );
  const protos = filesIn(root).filter((file) => /^(baton|google|grpc)\/.*\.proto$/.test(file));
  const options = ["--longs=Number", "--enums=String", "--defaults", "--oneofs", "--grpcLib=@grpc/grpc-js"];
  const extensions = ["--targetFileExtension=.ts", "--importFileExtension=.ts"];
  execFileSync(
    bin("proto-loader-gen-types"),
    [...options, ...extensions, "-I", root, "-O", join(directory, "types"), ...protos],
    { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
  );
  const types = join(directory, "types");
  for (const name of filesIn(types)) {
    const file = join(types, name);
    if (!name.includes("/"))
      rmSync(file); // one tree of clients per .proto file; nothing uses them
    else writeFileSync(file, readFileSync(file, "utf8").replaceAll(root, ""));
  }
  writeFileSync(join(directory, "messages.ts"), messageList(types));
  writeFileSync(join(directory, "codecs.ts"), generateCodecs(root, protos));
}

/** A module that exports the types of the services that packages of this workspace serve and call. */
function messageList(types) {
  const files = filesIn(types).filter((name) => /^(baton|grpc\/health)\//.test(name));
  const lines = files.map((name) => {
    const names = [...readFileSync(join(types, name), "utf8").matchAll(/^export (?:interface|type) (\w+)/gm)];
    return `export type { ${[...new Set(names.map(([, type]) => type))].join(", ")} } from "./types/${name}";\n`;
  });
  return `// Generated from the .proto files by "npm run generate". Do not edit.\n\n${lines.join("")}`;
}

const fresh = mkdtempSync(join(tmpdir(), "baton-proto-"));
try {
  generateInto(fresh);
  const names = filesIn(fresh);
  if (process.argv.includes("--check")) {
    const before = filesIn(committed);
    const stale = [...new Set([...names, ...before])].filter(
      (name) =>
        !names.includes(name) ||
        !before.includes(name) ||
        readFileSync(join(fresh, name), "utf8") !== readFileSync(join(committed, name), "utf8"),
    );
    if (stale.length > 0) {
      console.error(
        `src/generated is out of date (${stale.join(", ")}). Run "npm run generate" and commit the result.`,
      );
      process.exitCode = 1;
    }
  } else {
    rmSync(committed, { recursive: true, force: true });
    execFileSync("cp", ["-r", fresh, committed]);
    console.log(`wrote ${names.length} files to src/generated`);
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
