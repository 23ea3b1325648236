import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { type Clock, systemClock } from "@baton/proto/clock";
import { runnerIdOf } from "@baton/proto/runner-id";
import type { Logger } from "pino";
import { HostFleet, type HostsDeps, type HostsOptions } from "./hosts/host-fleet.ts";
import type { Hosts, HostsListener } from "./hosts/hosts.ts";
import { VersionFiles, type VersionKeeper } from "./versions/version-files.ts";

/** Identifies a runner's process. */
export interface RunnerProcess {
  readonly runnerId: string;
  readonly hostname: string;
  readonly pid: number;
  /** Random. Proves to the coordinator that a new stream belongs to this process. */
  readonly key: string;
}

/** Everything that a runner takes from the computer on which it runs; a simulation provides its own. */
export interface Machine {
  readonly clock: Clock;
  readonly process: RunnerProcess;
  makeHosts(options: HostsOptions, deps: HostsDeps, listener: HostsListener): Hosts;
  /** @param onChange - called when a version's files are lost, and when they were written again */
  keepVersions(log: Logger, onChange: (dir: string) => void): VersionKeeper;
}

/** Returns the computer on which this process runs. */
export function thisMachine(): Machine {
  const key = randomBytes(16).toString("hex");
  return {
    clock: systemClock,
    process: {
      runnerId: runnerIdOf(key),
      hostname: hostname(),
      pid: process.pid,
      key,
    },
    makeHosts: (options, deps, listener) => new HostFleet(options, deps, listener),
    keepVersions: (log, onChange) => new VersionFiles(log, onChange),
  };
}
