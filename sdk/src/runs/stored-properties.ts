/**
 * Parses the stored properties of an error or a log line. Returns undefined for none, and for text that is not a JSON
 * object: code of a task may have stored it, and one bad run must not break a list.
 */
export function parseProperties(text: string): Record<string, unknown> | undefined {
  if (text === "") return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
