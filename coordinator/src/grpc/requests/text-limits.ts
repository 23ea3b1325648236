import { InvalidRequestError } from "../../errors.ts";

/** Characters in an id, a name or a filter value, at most. */
export const maxNameLength = 256;
/** Characters in a page token, at most. Our own have about a hundred. */
export const maxPageTokenLength = 512;

/**
 * Refuses a text that is too long to be an id or a name.
 * @throws InvalidRequestError naming field, length and limit
 */
export function checkLength(text: string, field: string, limit = maxNameLength): void {
  if (text.length <= limit) return;
  const message = `The field has ${text.length} characters; at most ${limit} are allowed.`;
  throw new InvalidRequestError("OPTION_INVALID", field, message);
}
