import { createRequire } from "node:module";

/** The version of all of Baton's packages. */
export const { version } = createRequire(import.meta.url)("@baton/cli/package.json") as { readonly version: string };
