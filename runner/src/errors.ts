/** Why a runner cannot start or go on. The message is for the person who started it. */
export abstract class RunnerError extends Error {
  /** Stable; listed in docs/errors.md. */
  abstract readonly code: string;

  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when the token is in the environment, where task code could read it. */
export class CredentialInEnvironmentError extends RunnerError {
  override readonly code = "CREDENTIAL_IN_ENVIRONMENT";

  constructor() {
    super(
      "BATON_TOKEN is set in the runner's environment, which the code of tasks could read. " +
        "Write the token to a file, name that file with --token-file or BATON_TOKEN_FILE, and unset BATON_TOKEN.",
    );
  }
}

/** Reported when no coordinator answers at the address. */
export class CoordinatorUnreachableError extends RunnerError {
  override readonly code = "COORDINATOR_UNREACHABLE";

  constructor(address: string, reason: string) {
    super(
      `No coordinator answers at ${address} (${reason}). Start one with "baton coordinator", or check --coordinator.`,
    );
  }
}

/** Replaces the coordinator's message, which also names a token in the environment; a runner refuses that. */
const noToken =
  "This coordinator needs a token, and none came. Write it to a file, and name that file with --token-file or BATON_TOKEN_FILE.";

/** Reported when the coordinator refuses a request of the runner. */
export class CoordinatorRefusedError extends RunnerError {
  /** The coordinator's own code, for example `TOKEN_WRONG`. */
  override readonly code: string;

  constructor(code: string, message: string) {
    super(code === "TOKEN_MISSING" ? noToken : message);
    this.code = code;
  }
}
