import { apiError } from "../client/errors.ts";

/**
 * Refuses text with half of a surrogate pair: gRPC would turn it into U+FFFD, which could make two different keys equal.
 * @throws BadRequestError with `OPTION_INVALID`, naming the field
 */
export function refuseBrokenText(text: string, field: string): void {
  if (!/\p{Surrogate}/u.test(text)) return;
  throw apiError(
    "OPTION_INVALID",
    `"${field}" holds half of a surrogate pair, which no text can carry; cut texts between characters, ` +
      "for example with Array.from().",
    field,
  );
}
