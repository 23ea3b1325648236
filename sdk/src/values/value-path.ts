/** Keys that a path shows; of deeper places the beginning is shown. */
const shownKeys = 50;

/** A place in a value as JavaScript writes it, such as `payload.items[3]["first name"]`. */
export function pathText(root: string, keys: readonly (string | number)[]): string {
  let path = root;
  for (const key of keys.slice(0, shownKeys)) {
    if (typeof key === "number") path += `[${key}]`;
    else path += /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  }
  return keys.length > shownKeys ? `${path}…` : path;
}
