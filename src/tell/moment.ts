import { localTime } from '../model/zone.ts';
import type { Instant } from '../time.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec'.split(' ');

/** `Mon 7 Dec 2026, 09:00 UTC`, in a time zone. */
export function formatMoment(at: Instant, timezone: string): string {
  const { year, month, date, day, hours, minutes } = localTime(at, timezone);
  const two = (number: number): string => String(number).padStart(2, '0');
  const name = timezone === 'UTC' ? timezone : zoneName(at, timezone);
  return `${DAYS[day]} ${date} ${MONTHS[month]} ${year}, ${two(hours)}:${two(minutes)} ${name}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a time zone is called at a moment: `CET`, `CEST`. */
function zoneName(at: Instant, timeZone: string): string {
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'short' });
  formats.set(timeZone, format);
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}
