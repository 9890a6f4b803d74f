/** Returns a time in UTC, to the second. Returns an empty string for null. */
export function showTime(iso: string | null): string {
  if (iso === null) return '';
  const time = Date.parse(iso);
  return Number.isNaN(time)
    ? iso
    : new Date(time)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, 'Z');
}

/** Returns a duration in at most two units: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function showDuration(spanMs: number): string {
  const ms = Math.max(0, spanMs);
  if (ms < 10_000) return `${Math.round(ms / 100) / 10} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const UNITS_MS: readonly (readonly [string, number])[] = [
  ['d', DAY_MS],
  ['h', 60 * MINUTE_MS],
  ['m', MINUTE_MS],
  ['s', 1_000],
];

/** Parses an interval such as `15m` into milliseconds. Returns undefined if it is not valid, or not from 1m to 7d. */
export function readInterval(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text.trim()) ?? [];
  const intervalMs = Number(digits) * (UNITS_MS.find(([name]) => name === unit)?.[1] ?? Number.NaN);
  return intervalMs >= MINUTE_MS && intervalMs <= 7 * DAY_MS ? intervalMs : undefined;
}

/** Returns an interval in the form that `readInterval` parses: `15m`, `90s`, `1d`. */
export function showInterval(intervalMs: number): string {
  const [unit, unitMs] = UNITS_MS.find(([, ms]) => intervalMs % ms === 0) ?? ['s', 1_000];
  return `${intervalMs / unitMs}${unit}`;
}
