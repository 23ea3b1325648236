import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { withoutByteOrderMark } from "./byte-order-mark.ts";

/** The longest token, in characters. Servers refuse headers above 16 KiB, each in its own way. */
export const maxTokenLength = 4_096;

/** Thrown for a token, or a token file, that cannot be used. The message never shows the token. */
export class TokenError extends Error {
  override readonly name = "TokenError";
  /** A stable code; docs/errors.md lists the codes. */
  readonly code: "TOKEN_INVALID" | "TOKEN_FILE_UNREADABLE" | "TOKEN_FILE_UNSAFE";

  constructor(code: TokenError["code"], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/**
 * Returns a token in the form that a header can carry: without white space around it, and with visible ASCII characters and spaces in
 * one line.
 * @param origin - Where the token was found, such as `BATON_TOKEN`.
 * @throws TokenError `TOKEN_INVALID`
 */
export function requireToken(text: string, origin: string): string {
  const token = withoutByteOrderMark(text).trim();
  const fault = faultOf(token);
  if (fault === undefined) return token;
  throw new TokenError(
    "TOKEN_INVALID",
    `The token of ${origin} ${fault}. A token is one line of at most ${maxTokenLength} ASCII characters. It is not shown here.`,
  );
}

/**
 * Reads the token that a file holds.
 * @throws TokenError `TOKEN_FILE_UNREADABLE`, `TOKEN_FILE_UNSAFE` when every user may write the file, `TOKEN_INVALID`
 */
export function readTokenFile(path: string): string {
  const text = readSmallFile(path, (mode) => {
    if ((mode & othersWrite) !== 0) {
      throw new TokenError(
        "TOKEN_FILE_UNSAFE",
        `The token file "${path}" can be written by every user of this computer, so it may hold another's token. Run "chmod o-w ${path}" and check what it holds.`,
      );
    }
  });
  if (text.trim() === "") {
    throw new TokenError("TOKEN_FILE_UNREADABLE", `The token file "${path}" is empty. Put the token into it.`);
  }
  return requireToken(text, `the file "${path}"`);
}

const othersWrite = 0o002;

/**
 * Reads the text of a file that holds a token or an address.
 * @param check - Gets the mode and the owner of the file, and throws when the file must not be read.
 * @throws TokenError `TOKEN_FILE_UNREADABLE`
 */
export function readSmallFile(path: string, check: (mode: number, uid: number) => void): string {
  try {
    const file = openSync(path, "r");
    try {
      const { mode, uid } = fstatSync(file);
      check(mode, uid);
      return readStart(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof TokenError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new TokenError("TOKEN_FILE_UNREADABLE", `The file "${path}" cannot be read: ${reason}.`, error);
  }
}

/** Larger than any token file, so that a file without an end is not read on. */
function readStart(file: number): string {
  const bytes = Buffer.alloc(4 * maxTokenLength);
  let length = 0;
  for (;;) {
    const count = readSync(file, bytes, length, bytes.length - length, null);
    if (count === 0) return bytes.toString("utf8", 0, length);
    length += count;
  }
}

function faultOf(token: string): string | undefined {
  if (token === "") return "is empty";
  if (token.length > maxTokenLength) return `is longer than ${maxTokenLength} characters`;
  if (/[\r\n]/.test(token)) return "has a line break";
  return /^[\x20-\x7e]*$/.test(token) ? undefined : "has a character that is not printable ASCII";
}
