import { TZDate } from '@date-fns/tz';
import type { Instant } from '../time.ts';

/** What clock and calendar say somewhere. */
export interface LocalTime {
  readonly year: number;
  /** 0 is January, as in `Date`. */
  readonly month: number;
  readonly date: number;
  /** 0 is Sunday. */
  readonly day: number;
  readonly hours: number;
  readonly minutes: number;
  /** By how many minutes it is behind UTC. */
  readonly offset: number;
}

/**
 * A moment in a time zone. UTC, which is the default, goes without `Intl`: to load that takes half
 * as long as Node takes to start.
 */
export function localTime(at: Instant, timezone: string): LocalTime {
  if (timezone === 'UTC') {
    const utc = new Date(at);
    return {
      year: utc.getUTCFullYear(),
      month: utc.getUTCMonth(),
      date: utc.getUTCDate(),
      day: utc.getUTCDay(),
      hours: utc.getUTCHours(),
      minutes: utc.getUTCMinutes(),
      offset: 0,
    };
  }
  const local = new TZDate(at, timezone);
  return {
    year: local.getFullYear(),
    month: local.getMonth(),
    date: local.getDate(),
    day: local.getDay(),
    hours: local.getHours(),
    minutes: local.getMinutes(),
    offset: local.getTimezoneOffset(),
  };
}

/** The moment of a local date, so many minutes after its midnight; days past a month's end count on. */
export function instantOf(
  { year, month, date }: Pick<LocalTime, 'year' | 'month' | 'date'>,
  minutes: number,
  timezone: string,
): Instant {
  return timezone === 'UTC'
    ? Date.UTC(year, month, date, 0, minutes)
    : new TZDate(year, month, date, Math.floor(minutes / 60), minutes % 60, timezone).getTime();
}

/** Whether there is a time zone of that name. */
export function isTimezone(name: string): boolean {
  if (name === 'UTC') return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
