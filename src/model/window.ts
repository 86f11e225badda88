import { HOUR, type Instant, MINUTE } from '../time.ts';
import type { Day, Freeze, Policy } from './config.ts';
import { instantOf, localTime } from './zone.ts';

const DAYS: readonly Day[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTES_A_DAY = 24 * 60;
/** How far ahead to look for an opening; no freeze that somebody means lasts longer. */
const HORIZON_DAYS = 800;

/** Whether a flag may start or advance at a moment, and if not, why and until when. */
export type Window =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'closed';
      readonly why: 'hours' | 'freeze';
      readonly freeze?: Freeze;
      /** The next moment that is inside the window and outside every freeze. */
      readonly opens?: Instant;
    };

/** Judges a moment by the policy's advance window and freezes, in the policy's time zone. */
export function windowAt(now: Instant, policy: Policy): Window {
  const freeze = freezeAt(now, policy.freezes);
  const opening = nextOpening(now, policy);
  const opens = opening === undefined ? {} : { opens: opening };
  if (freeze) return { kind: 'closed', why: 'freeze', freeze, ...opens };
  if (!insideHours(now, policy)) return { kind: 'closed', why: 'hours', ...opens };
  return { kind: 'open' };
}

/** The first moment at or after `now` at which flags may advance. */
export function nextOpening(now: Instant, policy: Policy): Instant | undefined {
  let at = now;
  // Each turn leaves a freeze or reaches the next opening of the hours, so it ends.
  for (let turn = 0; turn <= policy.freezes.length * 2 + 2; turn += 1) {
    const freeze = freezeAt(at, policy.freezes);
    if (freeze) {
      at = freeze.to;
      continue;
    }
    if (insideHours(at, policy)) return at;
    const next = nextHours(at, policy);
    if (next === undefined) return undefined;
    at = next;
  }
  return undefined;
}

function freezeAt(now: Instant, freezes: readonly Freeze[]): Freeze | undefined {
  return freezes.find((freeze) => freeze.from <= now && now < freeze.to);
}

/** A window that reaches past midnight belongs to the day it opens on. */
function insideHours(now: Instant, { advance, timezone }: Policy): boolean {
  const { from, to } = advance.hours;
  const { hours, minutes, day } = localTime(now, timezone);
  const minute = hours * 60 + minutes;
  const today = DAYS[day];
  if (from < to) return isDay(advance.days, today) && minute >= from && minute < to;
  const yesterday = DAYS[(day + 6) % 7];
  return (
    (isDay(advance.days, today) && minute >= from) ||
    (isDay(advance.days, yesterday) && minute < to)
  );
}

function nextHours(now: Instant, policy: Policy): Instant | undefined {
  const { advance, timezone } = policy;
  const { from } = advance.hours;
  const today = localTime(now, timezone);
  for (let ahead = 0; ahead <= HORIZON_DAYS; ahead += 1) {
    const date = today.date + ahead;
    const opening = instantOf({ ...today, date }, from % MINUTES_A_DAY, timezone);
    const { day, offset } = localTime(opening, timezone);
    if (opening <= now || !isDay(advance.days, DAYS[day])) continue;
    const shifts = offset !== today.offset;
    return (shifts ? aroundShift(now, opening, policy) : undefined) ?? opening;
  }
  return undefined;
}

/** Longer than any clock is put forward or back. */
const SHIFT = 2 * HOUR;

/** Where the clocks change on the way, an hour comes twice or never: the minutes say what is first. */
function aroundShift(now: Instant, opening: Instant, policy: Policy): Instant | undefined {
  return (
    firstInside(now, Math.min(now + SHIFT, opening), policy) ??
    firstInside(Math.max(now, opening - SHIFT), opening, policy)
  );
}

function firstInside(from: Instant, to: Instant, policy: Policy): Instant | undefined {
  for (let at = Math.ceil(from / MINUTE) * MINUTE; at < to; at += MINUTE) {
    if (insideHours(at, policy)) return at;
  }
  return undefined;
}

const isDay = (days: readonly Day[], day: Day | undefined): boolean =>
  day !== undefined && days.includes(day);

/** The advance window in words: `mon, tue, wed, thu 09:00-16:00 Europe/Berlin`. */
export function describeHours({ advance, timezone }: Policy): string {
  const clock = (minutes: number): string =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  const { from, to } = advance.hours;
  return `${advance.days.join(', ')} ${clock(from)}-${clock(to)} ${timezone}`;
}
