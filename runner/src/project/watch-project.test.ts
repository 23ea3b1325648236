import assert from "node:assert/strict";
import type { EventEmitter } from "node:events";
import { watch as fsWatch } from "node:fs";
import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { recordInputs } from "../build/project-inputs.ts";
import { type LeftOutFolders, type ProjectWatch, type WatchOptions, watchProject } from "./watch-project.ts";

const limitMs = 10_000;
/** A change that the watch has not reported after this many milliseconds was not seen. */
const quietMs = 600;
/** Time for a check of a few files, in milliseconds. */
const settleMs = 150;

/** A watched project in a folder of its own, with the reported changes. */
class Watched implements AsyncDisposable {
  readonly root: string;
  readonly projectDir: string;
  readonly leftOut: LeftOutFolders[] = [];
  readonly #told: string[][] = [];
  #watch: ProjectWatch | undefined;

  private constructor(root: string) {
    this.root = root;
    this.projectDir = path.join(root, "app");
  }

  static async start(files: readonly string[], options: Partial<WatchOptions> = {}): Promise<Watched> {
    const watched = new Watched(await realpath(await mkdtemp(path.join(tmpdir(), "baton-watch-"))));
    await mkdir(watched.projectDir);
    for (const file of files) await watched.write(file);
    // A change just before the watch began would look like one during a build.
    await sleep(100);
    watched.#watch = await watchProject(
      { projectDir: watched.projectDir, ...options },
      {
        onChange: (changed) => watched.#told.push([...changed]),
        onLeftOut: (folders) => watched.leftOut.push(folders),
      },
    );
    return watched;
  }

  path(file: string): string {
    return path.join(this.projectDir, file);
  }

  async write(file: string, text = String(Math.random())): Promise<void> {
    await mkdir(path.dirname(this.path(file)), { recursive: true });
    await writeFile(this.path(file), text);
  }

  /** Records that a build read these files. Resolves when the watch has checked them. */
  async read(...files: readonly string[]): Promise<void> {
    recordInputs(this.projectDir, new Set(files.map((file) => this.path(file))));
    await sleep(settleMs);
  }

  /** Notes that a build failed or succeeded. Resolves when the watch has checked the affected files. */
  async setBroken(isBroken: boolean): Promise<void> {
    this.#watch?.setBroken(isBroken);
    await sleep(settleMs);
  }

  /** Makes a change, and waits until exactly these files are reported. */
  async tells(files: readonly string[], change: () => Promise<unknown>): Promise<void> {
    const told = await this.#toldAfter(change, (all) => files.every((file) => all.includes(this.path(file))));
    assert.deepEqual(
      told.filter((file) => !files.includes(path.relative(this.projectDir, file))),
      [],
    );
  }

  /** Waits until a change in several steps is reported completely: a check during it reports its beginning first. */
  async settles(): Promise<void> {
    await sleep(quietMs);
  }

  /** Makes a change that must not be reported. */
  async tellsNothing(change: () => Promise<unknown>): Promise<void> {
    this.#told.length = 0;
    await change();
    await sleep(quietMs);
    assert.deepEqual(this.#told, []);
  }

  async #toldAfter(change: () => Promise<unknown>, isEnough: (told: readonly string[]) => boolean): Promise<string[]> {
    this.#told.length = 0;
    await change();
    const givesUpAt = Date.now() + limitMs;
    while (!isEnough(this.#told.flat())) {
      assert.ok(Date.now() < givesUpAt, `told in ${limitMs} ms: ${this.#told.flat().join(", ") || "nothing"}`);
      await sleep(10);
    }
    return this.#told.flat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch?.close();
    await this.#watch?.close();
    await rm(this.root, { recursive: true, force: true });
  }
}

for (const pollMs of [undefined, 100]) {
  const how = pollMs === undefined ? "" : ", without events of the file system";
  const options: Partial<WatchOptions> = pollMs === undefined ? {} : { pollMs };

  test(`edited, replaced, new and deleted files are told by name${how}`, async () => {
    await using watched = await Watched.start(["trigger/a.ts"], options);
    await watched.read("trigger/a.ts");
    await watched.tells(["trigger/a.ts"], () => watched.write("trigger/a.ts"));
    await writeFile(watched.path("trigger/a.ts~"), "3");
    await watched.tells(["trigger/a.ts"], () => rename(watched.path("trigger/a.ts~"), watched.path("trigger/a.ts")));
    await watched.tells(["trigger/a.ts"], () => watched.write("trigger/a.ts"));
    await watched.tells(["trigger/deep/b.ts"], () => watched.write("trigger/deep/b.ts"));
    await watched.read("trigger/a.ts", "trigger/deep/b.ts");
    await watched.tells(["trigger/deep/b.ts"], () => watched.write("trigger/deep/b.ts"));
    await watched.tells(["trigger/deep/b.ts"], () => rm(watched.path("trigger/deep/b.ts")));
  });

  test(`a folder that is deleted and made again at once is watched as before${how}`, async () => {
    await using watched = await Watched.start(["trigger/a.ts", "trigger/deep/b.ts"], options);
    await watched.read("trigger/a.ts", "trigger/deep/b.ts");
    for (let round = 0; round < 3; round += 1) {
      await watched.tells(["trigger/a.ts", "trigger/deep/b.ts"], async () => {
        await rm(watched.path("trigger"), { recursive: true });
        await watched.write("trigger/a.ts");
        await watched.write("trigger/deep/b.ts");
      });
      await watched.settles();
      await watched.tells(["trigger/a.ts"], () => watched.write("trigger/a.ts"));
      await watched.tells(["trigger/deep/b.ts"], () => watched.write("trigger/deep/b.ts"));
      await watched.tells(["trigger/new.ts"], () => watched.write("trigger/new.ts"));
      await watched.tells(["trigger/new.ts"], () => rm(watched.path("trigger/new.ts")));
    }
  });

  test(`a project that is deleted and made again is watched as before${how}`, async () => {
    await using watched = await Watched.start(["trigger/a.ts"], options);
    await watched.read("trigger/a.ts");
    await watched.tells(["trigger/a.ts"], () => rm(watched.projectDir, { recursive: true }));
    await watched.tells(["trigger/a.ts"], () => watched.write("trigger/a.ts"));
    await watched.tells(["trigger/b.ts"], () => watched.write("trigger/b.ts"));
  });

  test(`a folder that takes the place of another, and one that moves in as a whole, are seen${how}`, async () => {
    await using watched = await Watched.start(["trigger/a.ts", "other/a.ts", "other/deep/b.ts"], options);
    await watched.read("trigger/a.ts");
    await watched.tells(
      ["trigger/a.ts", "trigger/deep/b.ts", "old/a.ts", "other/a.ts", "other/deep/b.ts"],
      async () => {
        await rename(watched.path("trigger"), watched.path("old"));
        await rename(watched.path("other"), watched.path("trigger"));
      },
    );
    await watched.tells(["trigger/a.ts"], () => watched.write("trigger/a.ts"));
    const outside = path.join(watched.root, "outside");
    await mkdir(path.join(outside, "deep"), { recursive: true });
    await writeFile(path.join(outside, "deep", "c.ts"), "1");
    await watched.tells(["trigger/moved/deep/c.ts"], () => rename(outside, watched.path("trigger/moved")));
    await watched.read("trigger/a.ts", "trigger/moved/deep/c.ts");
    await watched.tells(["trigger/moved/deep/c.ts"], () => watched.write("trigger/moved/deep/c.ts"));
  });

  test(`what a build read is watched whatever its name and wherever it lies${how}`, async () => {
    const inputs = ["trigger/a.ts", "../package/data.sql", "dist/made.js", ".hidden/text", "prompt.md"];
    await using watched = await Watched.start(inputs, options);
    await watched.read(...inputs);
    await watched.tellsNothing(async () => undefined);
    for (const file of inputs) await watched.tells([file], () => watched.write(file));
    const { root } = watched;
    await watched.tells(["../package/data.sql"], async () => {
      await rm(path.join(root, "package"), { recursive: true });
      await watched.write("../package/data.sql");
    });
    await watched.tells(["../package/data.sql"], () => watched.write("../package/data.sql"));
  });
}

test("temporary files of editors, output and what no build read are not told", async () => {
  await using watched = await Watched.start(["trigger/a.ts", "web/page.tsx", "trigger/report"]);
  await watched.read("trigger/a.ts");
  await watched.tellsNothing(async () => {
    const temporary = ["4913", ".a.ts.swp", ".a.ts.swx", "a.ts~", ".#a.ts", "#a.ts#", "._a.ts", "a.ts___jb_tmp___"];
    for (const name of temporary) await watched.write(`trigger/${name}`);
    for (const name of temporary) await rm(watched.path(`trigger/${name}`));
    for (const folder of ["dist", "build", "out", "coverage", ".next", ".baton", "node_modules/x"]) {
      await watched.write(`${folder}/index.js`);
    }
    await watched.write("trigger/report");
    await watched.write("trigger/result.json");
    await watched.write("trigger/types.d.ts");
    await watched.write("web/page.tsx");
    await watched.write(".env.production");
  });
  await watched.tells(["web/new.tsx"], () => watched.write("web/new.tsx"));
  await watched.setBroken(true);
  await watched.tells(["web/page.tsx"], () => watched.write("web/page.tsx"));
  await watched.setBroken(false);
  for (const name of [".env", ".env.local", ".env.development", ".env.development.local", "tsconfig.json"]) {
    await watched.tells([name], () => watched.write(name));
    await watched.tells([name], () => watched.write(name));
  }
});

test("a file that is written in a loop hides no other change", async () => {
  await using watched = await Watched.start(["trigger/a.ts", "trigger/busy.ts", "trigger/log"]);
  await watched.read("trigger/a.ts", "trigger/busy.ts");
  const stop = new AbortController();
  const busy = (async () => {
    while (!stop.signal.aborted) {
      await watched.write("trigger/busy.ts");
      await watched.write("trigger/log");
      await sleep(10);
    }
  })();
  try {
    await watched.tells(["trigger/a.ts", "trigger/busy.ts"], () => watched.write("trigger/a.ts"));
  } finally {
    stop.abort();
    await busy;
  }
});

for (const code of ["EACCES", "ENOSPC", "EMFILE"]) {
  test(`folders that the system refuses to watch (${code}) are left out and told once, and tried again`, async () => {
    let isRefused = true;
    const listen: WatchOptions["listen"] = (dir, listener) => {
      if (isRefused && /private/.test(dir)) throw Object.assign(new Error(code), { code });
      return fsWatch(dir, listener);
    };
    await using watched = await Watched.start(["trigger/a.ts", "private/a/b.ts", "private/c.ts"], { listen });
    await watched.read("trigger/a.ts", "private/c.ts");
    const folders = ["private", "private/a"].map((dir) => watched.path(dir));
    assert.deepEqual(watched.leftOut, [{ code, folders }]);
    await watched.tells(["trigger/a.ts"], () => watched.write("trigger/a.ts"));
    await watched.tells(["trigger/d.ts"], () => watched.write("trigger/d.ts"));
    assert.equal(watched.leftOut.length, 1);
    isRefused = false;
    await watched.tells(["trigger/a.ts"], () => watched.write("trigger/a.ts"));
    await watched.tells(["private/c.ts"], () => watched.write("private/c.ts"));
  });
}

test("a listener that fails later costs nothing", async () => {
  const watchers: EventEmitter[] = [];
  const listen: WatchOptions["listen"] = (dir, listener) => {
    const watcher = fsWatch(dir, listener);
    watchers.push(watcher);
    return watcher;
  };
  await using watched = await Watched.start(["trigger/a.ts"], { listen });
  await watched.read("trigger/a.ts");
  await watched.tellsNothing(async () => {
    for (const watcher of [...watchers]) watcher.emit("error", Object.assign(new Error("EPERM"), { code: "EPERM" }));
  });
  await watched.tells(["trigger/a.ts"], () => watched.write("trigger/a.ts"));
  assert.deepEqual(watched.leftOut, []);
});
