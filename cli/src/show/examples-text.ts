/** Writes the examples at the end of a command's help. */
export function examplesText(...examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  $ ${example}`).join("\n")}\n`;
}
