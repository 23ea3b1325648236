import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { task } from "@baton/sdk";
import { dataFile } from "../data-files.ts";

export const checksumFile = task({
  id: "checksum-file",
  description: "The SHA-256 of one file; triggered for many files with one batch.",
  queue: { concurrencyLimit: 4 },
  run: async ({ name }: { name: string }) => {
    const hash = createHash("sha256");
    await pipeline(createReadStream(dataFile(name)), hash);
    return { name, sha256: hash.digest("hex") };
  },
});
