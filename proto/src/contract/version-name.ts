/**
 * Returns the next free version name, `YYYYMMDD.N` with N from 1, given the existing names. Its day is never before that of the
 * newest name, so a version that is registered while the clock is behind still counts as the newest.
 */
export function nextVersionName(names: readonly string[], today: string): string {
  const days = names.map((name) => name.split(".", 1)[0] ?? "");
  const prefix = `${[...days, today].sort().at(-1)}.`;
  const numbers = names.filter((name) => name.startsWith(prefix)).map((name) => Number(name.slice(prefix.length)));
  return `${prefix}${Math.max(0, ...numbers) + 1}`;
}

/** Orders version names: by day, then by number. */
export function compareVersions(a: string, b: string): number {
  const [dayA = "", numberA = "0"] = a.split(".");
  const [dayB = "", numberB = "0"] = b.split(".");
  return dayA === dayB ? Number(numberA) - Number(numberB) : dayA < dayB ? -1 : 1;
}
