/** Reports a value that cannot be stored, and its place. */
export class UnstorableValueError extends TypeError {
  readonly code = "VALUE_NOT_STORABLE";
  /** The place, for example `payload.users[2].onDone`. */
  readonly path: string;

  constructor(path: string, found: string, advice?: string, cause?: unknown) {
    const message = `${path}: ${found} cannot be stored.`;
    super(advice === undefined ? message : `${message} ${advice}`, cause === undefined ? undefined : { cause });
    this.name = "UnstorableValueError";
    this.path = path;
  }
}
