import { DAY, type Duration, type Instant, MINUTE } from '../time.ts';

/**
 * If so many samples are expected and none comes, that is not chance: one in 5·10⁸ if they are independent.
 * If a whole day expects fewer, silence shows nothing.
 */
export const EXPECTED_SAMPLES = 20;

/** A shorter pause than this is a deployment, a scrape that was missed or a rule that is slow. */
const SHORTEST: Duration = 15 * MINUTE;
/** A target that was not scraped five times in a row is not merely late. */
const SCRAPES = 5;
/** Batches and nights come back: three times the longest break so far has never been an ordinary one. */
const GAPS = 3;

/** When one arm reported, and how much. */
export interface Reports {
  /** When it could first have reported. */
  readonly start: Instant;
  /** Until when it did: the end of the last interval that brought anything. */
  readonly last?: Instant;
  /** All that it brought from its start on. */
  readonly total: number;
  /** The longest time between two intervals that brought something, also before its start. */
  readonly longestGap: Duration;
  /** How much it brought in the last while. */
  readonly inLast: (length: Duration) => number;
}

/** What an arm counted, interval after interval. */
export interface ReportedColumn {
  readonly from: Instant;
  readonly step: Duration;
  readonly samples: ArrayLike<number>;
}

/** Reads a column of samples. */
export function reportsOf({ from, step, samples }: ReportedColumn, start: Instant): Reports {
  const end = from + samples.length * step;
  const first = Math.max(0, Math.ceil((start - from) / step));
  let total = 0;
  let last = -1;
  let longest = 0;
  for (let place = 0; place < samples.length; place += 1) {
    const brought = samples[place] ?? 0;
    if (!(brought > 0)) continue;
    if (last >= 0) longest = Math.max(longest, place - last - 1);
    last = place;
    if (place >= first) total += brought;
  }
  return {
    start,
    ...(last >= first ? { last: from + (last + 1) * step } : {}),
    total,
    longestGap: longest * step,
    inLast(length) {
      let sum = 0;
      const begin = Math.max(0, Math.floor((end - length - from) / step));
      for (let place = begin; place < samples.length; place += 1) sum += samples[place] ?? 0;
      return sum;
    },
  };
}

/** How a provider hears of what happens. */
export interface HearsArms {
  readonly sampledEvery: Duration;
  /** How late it has what happened. */
  readonly delay: Duration;
}

/** The arm that an arm is compared with, and how many samples it should have for each of the other's. */
export interface Beside {
  readonly reports: Reports;
  readonly share: number;
}

/**
 * Whether an arm still reports. `silent`: it has brought nothing for too long to be chance.
 * `unknown`: it has brought nothing for a day, and a whole day expects too little to tell.
 *
 * It is silent after the longest of 15 minutes; five scrapes and the provider's delay; the time in which
 * 20 samples were to be expected; and three times its longest gap. What was to be expected is the lower
 * of two: its own rate while it reported, and its share of what the other arm brought meanwhile (or would
 * have, if that is quiet too). The mean rate alone declares 27 to 61 % of healthy rollouts dead on a first
 * day with a wave of 10:1, and an hourly batch at 92 % of looks; with all four it is 0 to 7 %.
 */
export function hearing(
  arm: Reports,
  beside: Beside | undefined,
  { now, sampledEvery, delay }: HearsArms & { readonly now: Instant },
): 'reports' | 'silent' | 'unknown' {
  const quiet = now - (arm.last ?? arm.start);
  const gaps = GAPS * arm.longestGap;
  if (quiet < Math.max(SHORTEST, SCRAPES * sampledEvery + delay, gaps)) return 'reports';
  const own = rateOf(arm);
  const other = beside && rateOf(beside.reports);
  const rates = [own, beside && other !== undefined ? beside.share * other : undefined];
  const known = rates.filter((rate) => rate !== undefined);
  if (known.length === 0) return 'unknown';
  if (Math.min(...known) * DAY < EXPECTED_SAMPLES) {
    return quiet >= Math.max(DAY, gaps) ? 'unknown' : 'reports';
  }
  const meanwhile = beside && beside.share * beside.reports.inLast(quiet);
  const expected = [
    ...(own === undefined ? [] : [own * quiet]),
    ...(beside && other !== undefined ? [meanwhile || beside.share * other * quiet] : []),
  ];
  return Math.min(...expected) >= EXPECTED_SAMPLES ? 'silent' : 'reports';
}

/** Samples a millisecond while it reported. */
function rateOf({ start, last, total }: Reports): number | undefined {
  return last === undefined || last <= start ? undefined : total / (last - start);
}
