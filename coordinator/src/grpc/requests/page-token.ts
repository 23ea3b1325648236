import { isId, type RunId } from "@baton/proto/contract/ids";
import { InvalidRequestError } from "../../errors.ts";
import type { ListCursor } from "../../store/store.ts";
import { checkLength, maxPageTokenLength } from "./text-limits.ts";

/** A place in a list, and the direction in which to read from there. */
export interface PageCursor {
  readonly before?: ListCursor;
  readonly after?: ListCursor;
}

/** Returns a token for callers: `older` reads the runs after `place` in the list, `newer` those before it. */
export function pageToken(direction: "older" | "newer", place: ListCursor): string {
  return Buffer.from(`${direction === "older" ? "o" : "n"}.${place.createdAt}.${place.id}`).toString("base64url");
}

/** Reads a token. An empty one is the first page. @throws InvalidRequestError */
export function parsePageToken(token: string): PageCursor {
  if (token === "") return {};
  checkLength(token, "page_token", maxPageTokenLength);
  const [direction, createdAt = "", id = ""] = Buffer.from(token, "base64url").toString().split(".");
  const place = { createdAt: Number(createdAt), id: id as RunId };
  if (/^\d+$/.test(createdAt) && isId("run_", id)) {
    if (direction === "o") return { before: place };
    if (direction === "n") return { after: place };
  }
  throw new InvalidRequestError(
    "PAGE_TOKEN_INVALID",
    "page_token",
    "The page token is not one of ours. Use next_page_token or previous_page_token of an earlier answer, unchanged.",
  );
}
