/** The reason of the signal when the attempt has been active for longer than its `maxDuration`. */
export class TaskRunExceededMaxDuration extends Error {
  /** The limit in seconds. */
  readonly limitSeconds: number;
  /** The attempt's active time in seconds. */
  readonly usedSeconds: number;

  constructor(limitMs: number, usedMs: number) {
    super(`The attempt was active for ${usedMs / 1000} s; its maxDuration is ${limitMs / 1000} s.`);
    this.name = "TaskRunExceededMaxDuration";
    this.limitSeconds = limitMs / 1000;
    this.usedSeconds = usedMs / 1000;
  }
}
