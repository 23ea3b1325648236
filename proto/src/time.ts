/** A `google.protobuf.Timestamp` or `Duration` in the loader's form. */
export interface SecondsAndNanos {
  readonly seconds: number;
  readonly nanos: number;
}

type Incoming = { seconds?: number | string | { toString(): string } | null; nanos?: number | null };

function toSecondsAndNanos(ms: number): SecondsAndNanos {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

function toMs(value: Incoming): number {
  return Number(value.seconds ?? 0) * 1000 + (value.nanos ?? 0) / 1e6;
}

/** Converts milliseconds since the epoch to a Timestamp; `undefined` gives null. */
export function timestampToWire(ms: number | undefined): SecondsAndNanos | null {
  return ms === undefined ? null : toSecondsAndNanos(ms);
}

/** Converts a Timestamp to whole milliseconds since the epoch. */
export function timestampFromWire(value: Incoming | null | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Math.round(toMs(value));
}

/** Converts milliseconds to a Duration; `undefined` gives null. A negative span has both members negative or zero. */
export function durationToWire(ms: number | undefined): SecondsAndNanos | null {
  if (ms === undefined) return null;
  if (ms >= 0) return toSecondsAndNanos(ms);
  const positive = toSecondsAndNanos(-ms);
  return { seconds: 0 - positive.seconds, nanos: 0 - positive.nanos };
}

/** Converts a Duration to milliseconds, with fractions. */
export function durationFromWire(value: Incoming | null | undefined): number | undefined {
  return value === null || value === undefined ? undefined : toMs(value);
}
