import { createRequire } from "node:module";

/** The version that all of Baton's packages share. */
export const { version } = createRequire(import.meta.url)("../package.json") as { readonly version: string };
