import { createHash, timingSafeEqual } from "node:crypto";
import type { Metadata } from "@grpc/grpc-js";
import { UnauthenticatedError } from "../../errors.ts";

/** Checks the caller's token. @throws UnauthenticatedError */
export type Authorize = (metadata: Metadata) => void;

/** Characters in a token, at most. No coordinator has a longer one. */
export const maxTokenLength = 4_096;

const scheme = "Bearer ";

/** Makes the check for one shared token. Without a token every call passes. */
export function authorizer(token: string | undefined): Authorize {
  if (token === undefined) return () => {};
  const expected = digest(token);
  return (metadata) => {
    const value = metadata.get("authorization")[0];
    if (typeof value !== "string" || !value.startsWith(scheme)) throw new UnauthenticatedError("TOKEN_MISSING");
    if (value.length > scheme.length + maxTokenLength) throw new UnauthenticatedError("TOKEN_WRONG");
    // Digests have one length, which timingSafeEqual needs, and hide how long the token is.
    if (!timingSafeEqual(digest(value.slice(scheme.length)), expected)) throw new UnauthenticatedError("TOKEN_WRONG");
  };
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
