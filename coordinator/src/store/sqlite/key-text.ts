const marker = "\u0001";

/**
 * Writes a text so that it holds no NUL, at which the driver would cut what it reads back. Texts without control
 * characters stay as they are.
 */
export function toKeyText(text: string): string {
  if (!text.includes("\0") && !text.includes(marker)) return text;
  return text.replaceAll(marker, `${marker}1`).replaceAll("\0", `${marker}0`);
}

/** Undoes `toKeyText`. */
export function fromKeyText(text: string): string {
  return text.includes(marker) ? text.replaceAll(`${marker}0`, "\0").replaceAll(`${marker}1`, marker) : text;
}
