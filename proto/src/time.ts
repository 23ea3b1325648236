/** A `google.protobuf.Timestamp` or `Duration` as the loader gives and takes it. */
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

/** Milliseconds since the epoch as a Timestamp; nothing stays nothing. */
export function timestampToWire(ms: number | undefined): SecondsAndNanos | null {
  return ms === undefined ? null : toSecondsAndNanos(ms);
}

/** A Timestamp as whole milliseconds since the epoch. */
export function timestampFromWire(value: Incoming | null | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Math.round(toMs(value));
}

/** Milliseconds as a Duration; nothing stays nothing. A negative span has both members negative or zero. */
export function durationToWire(ms: number | undefined): SecondsAndNanos | null {
  if (ms === undefined) return null;
  if (ms >= 0) return toSecondsAndNanos(ms);
  const positive = toSecondsAndNanos(-ms);
  return { seconds: 0 - positive.seconds, nanos: 0 - positive.nanos };
}

/** A Duration as milliseconds, fractions kept. */
export function durationFromWire(value: Incoming | null | undefined): number | undefined {
  return value === null || value === undefined ? undefined : toMs(value);
}
