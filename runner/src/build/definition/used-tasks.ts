const triggers = "(?:trigger|triggerAndWait|triggerAndSubscribe|batchTrigger|batchTriggerAndWait)";

/**
 * The variable that holds the task with this id, if the code triggers the task through it; undefined otherwise, also when
 * the id is not written as a text.
 *
 * @param code - As the compiler prints it.
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
