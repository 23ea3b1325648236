import { InvalidRequestError } from "../../errors.ts";

/** The most characters in an id, a name or a filter value. */
export const maxNameLength = 256;
/** The most characters in a page token. Baton's own have about a hundred. */
export const maxPageTokenLength = 512;

/**
 * Refuses a text that is too long for an id or a name.
 * @throws InvalidRequestError naming field, length and limit
 */
export function checkLength(text: string, field: string, limit = maxNameLength): void {
  if (text.length <= limit) return;
  const message = `The field has ${text.length} characters; at most ${limit} are allowed.`;
  throw new InvalidRequestError("OPTION_INVALID", field, message);
}
