import { readTokenFile, requireToken } from "@baton/proto/connection";
import { defaultMaxOutputBytes, defaultMaxPayloadBytes, highestTextLimitBytes } from "@baton/proto/contract/limits";
import { readSettings, type SettingSource } from "@baton/proto/settings";
import * as z from "zod";

/** The only environment of an installation. */
export const environmentId = "prod";

const boolean = z.stringbool().or(z.boolean());
const bytes = z.coerce.number().int().min(1024).max(highestTextLimitBytes);

const Settings = z
  .strictObject({
    /** `host:port`; port 0 takes a free port. */
    listen: z
      .string()
      .regex(/^[^@]+:\d{1,5}$/, "expected host:port, such as 127.0.0.1:4750")
      .refine((listen) => Number(listen.split(":").at(-1)) <= 65_535, "expected a port of at most 65535")
      .default("127.0.0.1:4750"),
    /** `sqlite:<path>`, `mongodb://…`, `mongodb+srv://…`, or `memory:`, which forgets everything at its end. */
    store: z
      .string()
      .regex(
        /^(?:sqlite:.+|mongodb(?:\+srv)?:\/\/.+|memory:)$/s,
        "expected sqlite:<path>, mongodb://<hosts>/<database> or memory:",
      )
      .default("sqlite:.baton/baton.db"),
    /** Required of every call except health. */
    token: z.string().trim().min(1).max(4_096).optional(),
    /** The path of a file that holds the token. */
    tokenFile: z.string().min(1).optional(),
    /** Whether other machines may connect without a token. */
    insecure: boolean.default(false),
    /** Whether to wait while another coordinator owns the store, and to take over when that one is gone. */
    standby: boolean.default(false),
    /** How long an assignment is valid without a heartbeat, in milliseconds; at least twice the heartbeat interval. */
    leaseMs: z.coerce.number().int().min(1_000).max(3_600_000).default(10_000),
    /** How often runners send a heartbeat, in milliseconds. */
    heartbeatIntervalMs: z.coerce.number().int().min(100).max(600_000).default(2_000),
    /** How long final runs are kept, in days. */
    retentionDays: z.coerce.number().positive().max(36_500).default(30),
    /** How long log lines are kept, in days. */
    logRetentionDays: z.coerce.number().positive().max(36_500).default(7),
    /** Slots of all queues together, and the most slots of one queue; absent: no limit. */
    environmentLimit: z.coerce.number().int().min(0).max(100_000).optional(),
    /** Multiplies the environment limit for all queues together, rounded down. */
    burstFactor: z.coerce.number().min(1).max(100).default(1),
    /** The most queued runs of a queue; further triggers for it are refused. Absent: no limit. */
    maxQueueLength: z.coerce.number().int().min(1).max(1_000_000_000).optional(),
    /** How long a run waits for its locked version before it takes the current one, in milliseconds. */
    versionGraceMs: z.coerce.number().int().min(0).max(86_400_000).default(60_000),
    /** Every smaller `maxDuration` is raised to this, in milliseconds; absent: none is raised. */
    minMaxDurationMs: z.coerce.number().min(0).max(86_400_000).optional(),
    /** The largest payload, in bytes of UTF-8. */
    maxPayloadBytes: bytes.default(defaultMaxPayloadBytes),
    /** The largest output, in bytes of UTF-8. */
    maxOutputBytes: bytes.default(defaultMaxOutputBytes),
  })
  .refine((settings) => settings.leaseMs >= 2 * settings.heartbeatIntervalMs, {
    message: "the lease must be at least twice the heartbeat, BATON_HEARTBEAT_INTERVAL_MS",
    path: ["leaseMs"],
  })
  .refine((settings) => !settings.standby || settings.store.startsWith("mongodb"), {
    message: "a coordinator can stand by only for a store that several can reach, mongodb://…",
    path: ["standby"],
  });

/** The configuration of a coordinator. `token` may come from `tokenFile`. */
export type CoordinatorConfig = Readonly<z.infer<typeof Settings>> & {
  /**
   * Whether all runners have one project, so that a deleted task is recognized. For programs that embed a coordinator.
   */
  readonly servesOneProject?: boolean;
  /** Whether to continue when the store's file is deleted. For programs that embed a coordinator and report this. */
  readonly outlivesStoreFile?: boolean;
};

const sources: Readonly<Record<keyof z.infer<typeof Settings>, SettingSource>> = {
  listen: { variable: "BATON_LISTEN" },
  store: { variable: "BATON_STORE" },
  token: { variable: "BATON_TOKEN" },
  tokenFile: { variable: "BATON_TOKEN_FILE" },
  insecure: { variable: "BATON_INSECURE" },
  standby: { variable: "BATON_STANDBY" },
  leaseMs: { variable: "BATON_LEASE_MS" },
  heartbeatIntervalMs: { variable: "BATON_HEARTBEAT_INTERVAL_MS" },
  retentionDays: { variable: "BATON_RETENTION_DAYS" },
  logRetentionDays: { variable: "BATON_LOG_RETENTION_DAYS" },
  environmentLimit: { variable: "BATON_ENVIRONMENT_LIMIT" },
  burstFactor: { variable: "BATON_BURST_FACTOR" },
  maxQueueLength: { variable: "BATON_MAX_QUEUE_LENGTH" },
  versionGraceMs: { variable: "BATON_VERSION_GRACE_MS" },
  minMaxDurationMs: { variable: "BATON_MIN_MAX_DURATION_MS" },
  maxPayloadBytes: { variable: "BATON_MAX_PAYLOAD_BYTES" },
  maxOutputBytes: { variable: "BATON_MAX_OUTPUT_BYTES" },
};

/**
 * Reads the configuration. A flag overrides its environment variable, and a token overrides a token file of the same origin.
 * @throws ConfigError naming every problem; TokenError
 */
export function readCoordinatorConfig(flags: Record<string, unknown>, env: NodeJS.ProcessEnv): CoordinatorConfig {
  const isTokenFlagged = flags.token !== undefined || flags.tokenFile !== undefined;
  const settings = readSettings(
    Settings,
    sources,
    flags,
    isTokenFlagged ? { ...env, BATON_TOKEN: undefined, BATON_TOKEN_FILE: undefined } : env,
  );
  if (settings.token !== undefined) settings.token = requireToken(settings.token, "BATON_TOKEN");
  else if (settings.tokenFile !== undefined) settings.token = readTokenFile(settings.tokenFile);
  return Object.freeze(settings);
}
