/** The next free version name of a day, `YYYYMMDD.N` with N from 1, given the names that exist. */
export function nextVersionName(names: readonly string[], day: string): string {
  const prefix = `${day}.`;
  const numbers = names.filter((name) => name.startsWith(prefix)).map((name) => Number(name.slice(prefix.length)));
  return `${prefix}${Math.max(0, ...numbers) + 1}`;
}
