/** Number of keys that a path shows; a longer path is cut after them. */
const shownKeys = 50;

/** Writes a place in a value as JavaScript does, such as `payload.items[3]["first name"]`. */
export function pathText(root: string, keys: readonly (string | number)[]): string {
  let path = root;
  for (const key of keys.slice(0, shownKeys)) {
    if (typeof key === "number") path += `[${key}]`;
    else path += /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  }
  return keys.length > shownKeys ? `${path}…` : path;
}
