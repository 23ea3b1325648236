import { availableParallelism, totalmem } from "node:os";
import { defaultAddress, isEnvironmentTokenFor } from "@baton/proto/connection";
import { machines } from "@baton/proto/contract/machine";
import { z } from "zod";
import { ConfigError, CredentialInEnvironmentError } from "./errors.ts";
import type { TaskChange } from "./project/task-changes.ts";

const threadsPerCore = 8;
const bytesPerGb = 1024 ** 3;

/** What a runner is started with. Immutable. */
export interface RunnerConfig {
  /** `host:port` of the coordinator. @defaultValue "127.0.0.1:4750" */
  readonly coordinator: string;
  /** The project's folder. @defaultValue "." */
  readonly dir: string;
  /** Worker threads, at least 1. @defaultValue 8 for each core, as many as memory allows on the default machine */
  readonly concurrency: number;
  /** vCPUs for attempts whose machine has at least 1. @defaultValue the cores that this process may use */
  readonly cpu: number;
  /** Memory for attempts, in GB. @defaultValue the memory that this process may use */
  readonly memoryGb: number;
  /** Take a machine that is larger than the whole runner, alone. @defaultValue false */
  readonly overcommit: boolean;
  /** File with the shared token; absent: none is sent. */
  readonly tokenFile?: string | undefined;
  /** How long attempts may go on while the runner drains, in milliseconds. @defaultValue 25_000 */
  readonly drainGraceMs: number;
  /** What an attempt gets between the abort of its signal at `maxDuration` and its end, in milliseconds. @defaultValue 0 */
  readonly maxDurationGraceMs: number;
  /**
   * A thread whose event loop is silent for so long, in milliseconds, ends as a failed attempt. Absent: never, because a
   * long computation is no fault.
   */
  readonly stallTimeoutMs?: number | undefined;
  /** Build again when a file changes, in the environment `DEVELOPMENT`. @defaultValue false */
  readonly watch?: boolean | undefined;
  /**
   * How often files are looked at for changes while watching, in milliseconds, 50 to 60,000. Absent: the file system tells
   * of changes.
   */
  readonly watchPollMs?: number | undefined;
  /** Told about each version that the coordinator registered for this runner. */
  readonly onVersion?: ((version: AnnouncedVersion) => void) | undefined;
  /**
   * Told what is wrong with the task files while watching: before the version of the other files is registered when some
   * are left out, else the version before goes on.
   *
   * @param leftOut - The task files, relative to the project; undefined when no version is made without them.
   */
  readonly onProblems?: ((problems: readonly Error[], leftOut: readonly string[] | undefined) => void) | undefined;
  /** Told when task files that could not be built can be again, and are what was loaded before. */
  readonly onMended?: (() => void) | undefined;
  /** Told when files of variables changed while watching, after the next attempt would see them. */
  readonly onEnvironment?: ((change: EnvironmentChange) => void) | undefined;
}

/** What became of the variables of a project's `.env` files. */
export interface EnvironmentChange {
  /** The files that changed, as `.env.local`. */
  readonly files: readonly string[];
  /** The variables that tasks see otherwise now. Those of the process win, so there may be none. */
  readonly variables: readonly string[];
}

/** A registered version, as it is announced to whoever started the runner. */
export interface AnnouncedVersion {
  /** "YYYYMMDD.N" */
  readonly version: string;
  readonly tasks: readonly { readonly id: string; readonly filePath: string }[];
  /** Were task files left out, because something is wrong with them? */
  readonly isPartial: boolean;
  /** What became of the tasks since the version that was announced before; absent of the first. */
  readonly changes?: readonly TaskChange[];
  /** The files that changed since then, relative to the project. */
  readonly editedFiles: readonly string[];
}

const Settings = z.object({
  coordinator: z.string().min(1).default(defaultAddress),
  dir: z.string().min(1).default("."),
  concurrency: z.coerce.number().int().min(1).max(4096).optional(),
  cpu: z.coerce.number().positive().optional(),
  memoryGb: z.coerce.number().positive().optional(),
  overcommit: z.stringbool().or(z.boolean()).default(false),
  tokenFile: z.string().min(1).optional(),
  drainGraceMs: z.coerce.number().int().min(0).default(25_000),
  maxDurationGraceMs: z.coerce.number().int().min(0).max(60_000).default(0),
  stallTimeoutMs: z.coerce.number().int().min(1_000).optional(),
  watchPollMs: z.coerce.number().int().min(50).max(60_000).optional(),
});

/** The flag and the variable of each setting; a flag may have the setting's own name too. */
const origins: Readonly<Record<keyof z.infer<typeof Settings>, readonly [flag: string, variable: string]>> = {
  coordinator: ["coordinator", "BATON_COORDINATOR"],
  dir: ["dir", "BATON_DIR"],
  concurrency: ["concurrency", "BATON_CONCURRENCY"],
  cpu: ["cpu", "BATON_CPU"],
  memoryGb: ["memory", "BATON_MEMORY"],
  overcommit: ["overcommit", "BATON_OVERCOMMIT"],
  tokenFile: ["tokenFile", "BATON_TOKEN_FILE"],
  drainGraceMs: ["drainGraceMs", "BATON_DRAIN_GRACE_MS"],
  maxDurationGraceMs: ["maxDurationGrace", "BATON_MAX_DURATION_GRACE_MS"],
  stallTimeoutMs: ["stallTimeout", "BATON_STALL_TIMEOUT_MS"],
  watchPollMs: ["poll", "BATON_WATCH_POLL_MS"],
};

/**
 * Reads the configuration from flags (named as the members of {@link RunnerConfig} or as on the command line) and, for what
 * they leave out, from the environment. An undefined flag and an empty variable count as not given.
 *
 * @throws {@link CredentialInEnvironmentError} when `BATON_TOKEN` is set.
 * @throws {@link ConfigError} naming every value that is not right.
 */
export function readRunnerConfig(flags: Record<string, unknown>, env: NodeJS.ProcessEnv): RunnerConfig {
  if (env.BATON_TOKEN !== undefined && env.BATON_TOKEN !== "") throw new CredentialInEnvironmentError();
  const given: Record<string, unknown> = {};
  const shownNames: Record<string, string> = {};
  for (const [name, [flag, variable]] of Object.entries(origins)) {
    const flagged = flags[name] ?? flags[flag];
    shownNames[name] = flagged === undefined ? variable : toFlag(flag);
    given[name] = flagged ?? (env[variable] || undefined);
  }
  const isOwnTokenFile = isEnvironmentTokenFor(flags.coordinator as string | undefined, env);
  if (flags.tokenFile === undefined && !isOwnTokenFile) delete given.tokenFile;
  const parsed = Settings.safeParse(given);
  if (!parsed.success) {
    // What came is not shown, because it may be a token that was put into the wrong variable.
    const problems = parsed.error.issues.map(
      ({ message, path: [name] }) => `\n  ✖ ${shownNames[String(name)]}: ${message}`,
    );
    throw new ConfigError(`The configuration cannot be used:${problems.join("")}`);
  }
  const cpu = parsed.data.cpu ?? availableParallelism();
  const memoryGb = parsed.data.memoryGb ?? usableMemoryGb();
  const fitting = Math.floor(memoryGb / machines["small-1x"].memoryGb);
  const concurrency =
    parsed.data.concurrency ?? Math.max(1, Math.min(threadsPerCore * availableParallelism(), fitting));
  return Object.freeze({ ...parsed.data, cpu, memoryGb, concurrency });
}

function toFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** What the machine has, or a container's limit when that is less. */
function usableMemoryGb(): number {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.floor((bytes / bytesPerGb) * 100) / 100;
}
