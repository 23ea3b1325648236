import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { task } from "@baton/sdk";
import sharp from "sharp";
import { dataFile } from "../data-files.ts";

export const thumbnails = task({
  id: "thumbnails",
  description: "Makes small WebP images of PNG files.",
  machine: "small-2x",
  run: async ({ names, width, outDir }: { names: string[]; width: number; outDir: string }) => {
    await mkdir(outDir, { recursive: true });
    const images = names.map(async (name) => {
      const target = join(outDir, name.replace(/\.png$/, ".webp"));
      const { height, size } = await sharp(dataFile(name)).resize({ width }).webp().toFile(target);
      return { file: target, width, height, bytes: size };
    });
    return { images: await Promise.all(images) };
  },
});
