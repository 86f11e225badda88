import { type Duration, type Instant, MINUTE, SECOND } from '../../time.ts';

/** An alternative to the limit's edge, and its share of the wager. Shares come to 1. */
export interface Alternative {
  readonly effect: number;
  readonly weight: number;
}

/**
 * A wager against "treatment keeps to the limit", spread over alternatives and over moments at
 * which a regression may have begun. Its worth is an e-process: while the limit is kept it reaches
 * 1/α with a probability of at most α, however often one looks (Ville 1939).
 */
export interface Detector {
  readonly from: Instant;
  readonly planned: Duration;
  /** Restarts fall on this grid of the clock, counted from the entry. */
  readonly grid: Duration;
  readonly alternatives: readonly Alternative[];
  /** What each alternative's wagers are worth together; and its best one, and when that began. */
  readonly worth: Float64Array;
  readonly best: Float64Array;
  readonly bestSince: Float64Array;
  /** How much has been wagered so far; the rest is still in hand. */
  wagered: number;
}

/** What is wagered on a regression that was there from the start. */
const AT_ONCE = 0.5;
/** Of the rest, what is wagered within the time that the entry is meant to take. */
const IN_TIME = 0.85;
/** How far restarts are apart: a tick of those who tick often; ten times in an entry shorter than that. */
const GRID: Duration = 5 * MINUTE;
const RESTARTS = 10;
/** Worth is kept in plain numbers; evidence beyond this is not told apart. */
const MOST = 1e300;
const LARGEST = 700;

export function startDetector(
  from: Instant,
  alternatives: readonly Alternative[],
  planned: Duration,
): Detector {
  const { length } = alternatives;
  const grid = Math.max(SECOND, Math.min(GRID, planned / RESTARTS));
  return {
    from,
    planned: Math.max(grid, planned),
    grid,
    alternatives,
    worth: new Float64Array(length),
    best: new Float64Array(length),
    bestSince: new Float64Array(length).fill(from),
    wagered: 0,
  };
}

/**
 * Wagers what falls due before an interval that begins at `at`: half at the entry's start, the rest
 * evenly over the moments of a grid in the time that the entry is meant to take, with a tail that
 * has no end. So a regression after two healthy days is held against the hours since it began, not
 * diluted by the days before (the Shiryaev–Roberts e-detector of Shin, Ramdas and Rinaldo, arXiv
 * 2203.03532, with weights that come to 1, which makes it an e-process for the whole entry).
 */
export function wager(detector: Detector, at: Instant): void {
  const { planned, grid } = detector;
  const elapsed = Math.floor((at - detector.from) / grid) * grid;
  const part =
    elapsed <= planned
      ? (IN_TIME * elapsed) / planned
      : IN_TIME + (1 - IN_TIME) * (1 - planned / elapsed);
  const due = AT_ONCE + (1 - AT_ONCE) * part;
  const stake = due - detector.wagered;
  if (!(stake > 0)) return;
  detector.wagered = due;
  const { alternatives, worth, best, bestSince } = detector;
  for (let index = 0; index < worth.length; index += 1) {
    const part = stake * (alternatives[index]?.weight ?? 0);
    worth[index] = (worth[index] ?? 0) + part;
    if (part > (best[index] ?? 0)) {
      best[index] = part;
      bestSince[index] = at;
    }
  }
}

/** Multiplies an alternative's wagers by a likelihood ratio, given as its logarithm. */
export function pay({ worth, best }: Detector, index: number, logRatio: number): void {
  if (!Number.isFinite(logRatio)) return;
  // Bounded, so that what was worth nothing times very much is still a number.
  const factor = Math.exp(Math.min(LARGEST, logRatio));
  worth[index] = Math.min(MOST, (worth[index] ?? 0) * factor);
  best[index] = Math.min(MOST, (best[index] ?? 0) * factor);
}

/** The worth of all wagers and of what is in hand: the e-value. */
export function worthOf({ worth, wagered }: Detector): number {
  let sum = 1 - wagered;
  for (let index = 0; index < worth.length; index += 1) sum += worth[index] ?? 0;
  return sum;
}

/** When the wager that is worth most began. */
export function spokenSince(detector: Detector): Instant {
  let most = -1;
  let since = detector.from;
  detector.best.forEach((each, index) => {
    if (each > most) {
      most = each;
      since = detector.bestSince[index] ?? since;
    }
  });
  return since;
}
