import { createHash } from "node:crypto";

/** The exports of a CommonJS module that an import needs and that Node.js does not provide. */
export interface InteropRequest {
  /** The specifier by which an output imports the module. */
  readonly specifier: string;
  /** Members of `module.exports` that Node.js does not find without evaluating the module. */
  readonly names: readonly string[];
  /** Whether the default export is `exports.default`, as bundlers and TypeScript read compiled ES modules. */
  readonly hasOwnDefault: boolean;
  /** Whether the module is a native addon, which only `require` loads. */
  readonly isAddon: boolean;
}

/** Returns an ES module that adapts a CommonJS module for an import. Equal requests give equal names. */
export function interopModule(request: InteropRequest): { readonly name: string; readonly text: string } {
  const from = JSON.stringify(request.specifier);
  const load = request.isAddon
    ? `import { createRequire } from "node:module";\nconst exported = createRequire(import.meta.url)(${JSON.stringify(decodeURIComponent(request.specifier))});`
    : `import exported from ${from};\nexport * from ${from};`;
  const byDefault = request.hasOwnDefault
    ? "const byDefault = exported?.__esModule ? exported.default : exported;\nexport { byDefault as default };"
    : "export { exported as default };";
  const members = [...new Set(request.names)].map((name, index) => {
    const quoted = JSON.stringify(name);
    return `const name${index} = exported?.[${quoted}];\nexport { name${index} as ${quoted} };`;
  });
  const text = `${[load, byDefault, ...members].join("\n")}\n`;
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return { name: `interop-${digest}.mjs`, text };
}
