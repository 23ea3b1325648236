import { createRequire } from "node:module";

/** The version of all of Baton's packages. */
export const { version } = createRequire(import.meta.url)("../package.json") as { readonly version: string };
