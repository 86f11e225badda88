/**
 * Time as Sluice counts it: an instant is milliseconds since the epoch, a duration is
 * milliseconds. Both are plain numbers, so that the clock can be passed in and compared.
 */

/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** A length of time, in milliseconds. */
export type Duration = number;

export const SECOND: Duration = 1_000;
export const MINUTE: Duration = 60 * SECOND;
export const HOUR: Duration = 60 * MINUTE;
export const DAY: Duration = 24 * HOUR;
export const WEEK: Duration = 7 * DAY;

const UNITS = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: WEEK } as const;

/** How durations are written in the two files a user writes: `30s`, `10m`, `24h`, `2d`, `1w`. */
const DURATION = /^(\d{1,9})([smhdw])$/;

/**
 * Reads a duration as users write it.
 *
 * @returns milliseconds, or `undefined` when the text is not a duration.
 */
export function parseDuration(text: string): Duration | undefined {
  const match = DURATION.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}

/** Writes a duration the way users write it, in the largest unit that keeps it exact: `36h`, `2d`. */
export function formatDuration(duration: Duration): string {
  // No weeks: in a ladder, 14d reads better than 2w.
  for (const unit of ['d', 'h', 'm'] as const) {
    if (duration > 0 && duration % UNITS[unit] === 0) return `${duration / UNITS[unit]}${unit}`;
  }
  return `${Math.round(duration / SECOND)}s`;
}

/** Writes a duration for people, two units at most: `2d 3h`, `45m`. */
export function approximateDuration(duration: Duration): string {
  if (duration < 0) return `-${approximateDuration(-duration)}`;
  const parts: string[] = [];
  let rest = duration;
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / UNITS[unit]);
    rest -= count * UNITS[unit];
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0s';
}

/** ISO 8601 date, or date and time; without an offset it is UTC. */
const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ]([01]\d|2[0-3]):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads an ISO 8601 date or date-time. Anything without an offset is UTC.
 *
 * @returns the instant, or `undefined` when the text is no date that exists (2026-02-30 is none).
 */
export function parseInstant(text: string): Instant | undefined {
  const match = DATE_TIME.exec(text);
  if (!match) return undefined;
  const [, year, month, day] = match;
  const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`);
  // Date rolls 2026-02-30 over to March; a date that does not exist is an error to us.
  if (Number.isNaN(midnight.getTime()) || midnight.getUTCDate() !== Number(day)) return undefined;
  const hasTime = match[4] !== undefined;
  const iso = hasTime ? text.replace(' ', 'T') + (match[7] === undefined ? 'Z' : '') : undefined;
  const instant = iso === undefined ? midnight.getTime() : Date.parse(iso);
  return Number.isNaN(instant) ? undefined : instant;
}

/** Writes an instant as the bot writes it into files: `2026-12-03T09:05:11Z`. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
