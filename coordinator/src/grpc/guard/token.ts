import { createHash, timingSafeEqual } from "node:crypto";
import type { Metadata } from "@grpc/grpc-js";
import { UnauthenticatedError } from "../../errors.ts";

/** Checks the caller's token. @throws UnauthenticatedError */
export type Authorize = (metadata: Metadata) => void;

/** The most characters in a token. No coordinator has a longer one. */
export const maxTokenLength = 4_096;

const scheme = "Bearer ";

/** Returns the check for one shared token. Without a token every call passes. */
export function authorizer(token: string | undefined): Authorize {
  if (token === undefined) return () => {};
  const expected = digest(token);
  return (metadata) => {
    const value = metadata.get("authorization")[0];
    if (typeof value !== "string" || !value.startsWith(scheme)) throw new UnauthenticatedError("TOKEN_MISSING");
    if (value.length > scheme.length + maxTokenLength) throw new UnauthenticatedError("TOKEN_WRONG");
    // Digests have the same length, which timingSafeEqual needs, and hide the length of the token.
    if (!timingSafeEqual(digest(value.slice(scheme.length)), expected)) throw new UnauthenticatedError("TOKEN_WRONG");
  };
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
