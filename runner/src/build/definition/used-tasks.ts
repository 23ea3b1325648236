const triggers = "(?:trigger|triggerAndWait|triggerAndSubscribe|batchTrigger|batchTriggerAndWait)";

/**
 * Returns the variable through which code triggers the task with this id; undefined when there is none, and when the id
 * is not written as a string literal.
 *
 * @param code - in the form that the compiler prints
 */
export function findTriggeredVariable(code: string, id: string): string | undefined {
  const text = literally(JSON.stringify(id));
  const declaration = new RegExp(`\\b(?:const|let|var)\\s+([\\w$]+)\\s*=[^;]*?\\bid:\\s*${text}`);
  const name = declaration.exec(code)?.[1];
  if (name === undefined) return undefined;
  const use = new RegExp(`(?<![\\w$.])${literally(name)}\\s*(?:\\?\\.|\\.)\\s*${triggers}\\b`);
  return use.test(code) ? name : undefined;
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
