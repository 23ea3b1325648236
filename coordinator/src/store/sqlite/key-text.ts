const marker = "\u0001";

/**
 * Encodes a text without NUL, at which the driver would cut the text when it reads it back. Texts without control
 * characters stay unchanged.
 */
export function toKeyText(text: string): string {
  if (!text.includes("\0") && !text.includes(marker)) return text;
  return text.replaceAll(marker, `${marker}1`).replaceAll("\0", `${marker}0`);
}

/** Reverses `toKeyText`. */
export function fromKeyText(text: string): string {
  return text.includes(marker) ? text.replaceAll(`${marker}0`, "\0").replaceAll(`${marker}1`, marker) : text;
}
