import type { DataFile } from "./file-kind.ts";

/**
 * Returns a data file as an ES module, as bundlers do: the value is the default export, members of a JSON object are
 * named exports.
 */
export function dataModule({ format, text }: DataFile): string {
  if (format === "style") return "";
  if (format === "text") return `export default ${JSON.stringify(text)};\n`;
  const value: unknown = JSON.parse(text);
  const lines = [`const value = JSON.parse(${JSON.stringify(text)});`, "export { value as default };"];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [index, key] of Object.keys(value).entries()) {
      if (key === "default" || /\p{Surrogate}/u.test(key)) continue;
      lines.push(
        `const name${index} = value[${JSON.stringify(key)}];`,
        `export { name${index} as ${JSON.stringify(key)} };`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}
