/** Why the signal of an attempt is aborted that was active for longer than its `maxDuration`. */
export class TaskRunExceededMaxDuration extends Error {
  /** What was allowed, in seconds. */
  readonly limitSeconds: number;
  /** How long the attempt had been active, in seconds. */
  readonly usedSeconds: number;

  constructor(limitMs: number, usedMs: number) {
    super(`The attempt was active for ${usedMs / 1000} s; its maxDuration is ${limitMs / 1000} s.`);
    this.name = "TaskRunExceededMaxDuration";
    this.limitSeconds = limitMs / 1000;
    this.usedSeconds = usedMs / 1000;
  }
}
