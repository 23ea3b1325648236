const units = [
  { ms: 86_400_000, name: "d" },
  { ms: 3_600_000, name: "h" },
  { ms: 60_000, name: "m" },
  { ms: 1_000, name: "s" },
] as const;

/** Writes a span of time: `12 ms`, `3.4 s`, `2m 5s`, `3d 4h`. */
export function spanText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const first = units.findIndex((unit) => ms >= unit.ms);
  const [large, small] = [units[first], units[first + 1]];
  if (large === undefined || small === undefined) return `${Math.round(ms / 1_000)} s`;
  const rest = Math.floor((ms % large.ms) / small.ms);
  return `${Math.floor(ms / large.ms)}${large.name}${rest > 0 ? ` ${rest}${small.name}` : ""}`;
}

/** Writes how long ago a time was, in one unit: `45s`, `12m`, `3h`, `20d`. */
export function ageText(ms: number): string {
  const unit = units.find((each) => ms >= each.ms) ?? units[3];
  return `${Math.max(0, Math.floor(ms / unit.ms))}${unit.name}`;
}

/** Writes a size in powers of 1024: `640 kB`, `12.3 MB`. */
export function bytesText(bytes: number): string {
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${Math.round(kilobytes)} kB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}

/** Writes the time of day in this computer's time zone: `14:03:09.120`. */
export function timeText(at: number): string {
  const date = new Date(at);
  const part = (value: number, digits: number): string => String(value).padStart(digits, "0");
  return `${part(date.getHours(), 2)}:${part(date.getMinutes(), 2)}:${part(date.getSeconds(), 2)}.${part(date.getMilliseconds(), 3)}`;
}

/** Writes date and time of day in this computer's time zone: `2026-03-01 14:03:09`. */
export function dateTimeText(at: number): string {
  const date = new Date(at);
  const part = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`;
  return `${day} ${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}`;
}
