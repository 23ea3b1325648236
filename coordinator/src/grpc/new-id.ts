import { randomBytes } from "node:crypto";

const timeDigits = 9;
const randomLength = 10;

/** Makes an id: the prefix, the time in base 36 so that later ids sort later, and 80 random bits in hexadecimal. */
export function newId(prefix: "run_" | "batch_", wallNow: number): string {
  return prefix + wallNow.toString(36).padStart(timeDigits, "0") + randomBytes(randomLength).toString("hex");
}

const idBody = /^[A-Za-z0-9]{8,64}$/;
const idBodyStart = /^[A-Za-z0-9]{0,64}$/;

/** Is this an id as clients may make it: the prefix and 8 to 64 letters or digits? */
export function isId(prefix: "run_" | "batch_", id: string): boolean {
  return id.startsWith(prefix) && idBody.test(id.slice(prefix.length));
}

/** Can an id begin like this: with the prefix and at most 64 letters or digits? */
export function isIdPrefix(prefix: "run_" | "batch_", text: string): boolean {
  return text.startsWith(prefix) && idBodyStart.test(text.slice(prefix.length));
}
