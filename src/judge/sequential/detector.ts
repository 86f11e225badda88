import { type Duration, type Instant, MINUTE, SECOND } from '../../time.ts';

/** Alternatives to the limit's edge, column by column, and their shares of the wager, which come to 1. */
export interface Alternatives {
  readonly effects: Float64Array;
  /** Of what is wagered on a regression that was there from the start. */
  readonly atOnce: Float64Array;
  /** Of what is wagered on one that begins later. */
  readonly later: Float64Array;
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
  readonly alternatives: Alternatives;
  /** What each alternative's wagers are worth together; and its best one, and when that began. */
  readonly worth: Float64Array;
  readonly best: Float64Array;
  readonly bestSince: Float64Array;
  /** What is yet to be multiplied with, in logarithms, and the most of it. */
  readonly due: Float64Array;
  most: number;
  /** What all alternatives' wagers are worth without that. */
  sum: number;
  /** How much has been learnt since something was last wagered. */
  learnt: number;
  /** How much has been wagered so far, and from which moment on more may be; the rest is still in hand. */
  wagered: number;
  wagersFrom: Instant;
}

/** What is wagered on a regression that was there from the start. */
const AT_ONCE = 0.44;
/** Of the rest, what is wagered within the time that the entry is meant to take. */
const IN_TIME = 0.95;
/**
 * Something is wagered anew when so many events were to be expected since it last was. A wager laid in
 * the midst of them loses little on those before a doubling, and more wagers would say the same.
 */
const LEARNT = 4;
/**
 * And no more often than on a grid of the clock, counted from the entry: every two ticks of those who
 * tick often, and ten times in an entry shorter than that. Each wager has to be multiplied for itself.
 */
const GRID: Duration = 10 * MINUTE;
const RESTARTS = 10;
/** Worth is kept in plain numbers; evidence beyond this is not told apart. */
const MOST = 1e300;
const LARGEST = 700;

export function startDetector(
  from: Instant,
  alternatives: Alternatives,
  planned: Duration,
): Detector {
  const { length } = alternatives.effects;
  const grid = Math.max(SECOND, Math.min(GRID, planned / RESTARTS));
  return {
    from,
    planned: Math.max(grid, planned),
    grid,
    alternatives,
    worth: new Float64Array(length),
    best: new Float64Array(length),
    bestSince: new Float64Array(length).fill(from),
    due: new Float64Array(length),
    most: 0,
    sum: 0,
    learnt: 0,
    wagered: 0,
    wagersFrom: Number.NEGATIVE_INFINITY,
  };
}

/**
 * Wagers what falls due before an interval that begins at `at`: a part at the entry's start, the rest
 * evenly over the time that the entry is meant to take, with a tail that has no end. What falls due is
 * held back until enough has been learnt since the last wager, by requests and not by what came of
 * them, so that it is decided before the interval that it is wagered on. So a regression after two
 * healthy days is held against the hours since it began, not diluted by the days before (the
 * Shiryaev–Roberts e-detector of Shin, Ramdas and Rinaldo, arXiv 2203.03532, with weights that come to
 * 1, which makes it an e-process for the whole entry).
 */
export function wager(detector: Detector, at: Instant): void {
  if (at < detector.wagersFrom) return;
  if (detector.wagered > 0 && detector.learnt < LEARNT) return;
  const { from, grid, planned, wagered, alternatives } = detector;
  const elapsed = Math.floor((at - from) / grid) * grid;
  detector.wagersFrom = from + elapsed + grid;
  detector.learnt = 0;
  const part =
    elapsed <= planned
      ? (IN_TIME * elapsed) / planned
      : IN_TIME + (1 - IN_TIME) * (1 - planned / elapsed);
  const due = AT_ONCE + (1 - AT_ONCE) * part;
  if (!(due > wagered)) return;
  detector.wagered = due;
  if (wagered === 0) settleUp(detector, AT_ONCE, alternatives.atOnce, at);
  settleUp(detector, due - Math.max(wagered, AT_ONCE), alternatives.later, at);
}

/**
 * Multiplies each alternative's wagers by a likelihood ratio, given as its logarithm. What has been
 * told is only put down: the wagers' worth is asked for less often than intervals come.
 *
 * @param learnt how many events were to be expected: what a restart is worth waiting for
 */
export function pay(detector: Detector, logRatios: Float64Array, learnt: number): void {
  const { due } = detector;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < due.length; index += 1) {
    const log = logRatios[index] ?? 0;
    const all = (due[index] ?? 0) + (log - log === 0 ? log : 0);
    due[index] = all;
    if (all > most) most = all;
  }
  detector.most = most;
  detector.learnt += learnt;
}

/** Beyond this a wager is lost. */
const LOST = -80;

/** Multiplies what is due, and lays a wager, by the shares of alternatives. */
function settleUp(
  detector: Detector,
  wagered = 0,
  shares = detector.alternatives.later,
  at: Instant = detector.from,
): void {
  const { worth, best, bestSince, due } = detector;
  let sum = 0;
  for (let index = 0; index < worth.length; index += 1) {
    const log = due[index] ?? 0;
    due[index] = 0;
    // Bounded, so that what was worth nothing times very much is still a number.
    const factor = log < LOST ? 0 : Math.exp(log < LARGEST ? log : LARGEST);
    const stake = wagered * (shares[index] ?? 0);
    const all = (worth[index] ?? 0) * factor + stake;
    worth[index] = all < MOST ? all : MOST;
    sum += all < MOST ? all : MOST;
    const one = (best[index] ?? 0) * factor;
    best[index] = one < MOST ? one : MOST;
    if (stake > one) {
      best[index] = stake;
      bestSince[index] = at;
    }
  }
  detector.sum = sum;
  detector.most = 0;
}

/** The worth of all wagers and of what is in hand: the e-value. */
export function worthOf(detector: Detector): number {
  settleUp(detector);
  return 1 - detector.wagered + detector.sum;
}

/** Whether the e-value has come to 1/α. */
export function isWorth(detector: Detector, alpha: number): boolean {
  // It is no more than all of it in hand, and all wagers at what the best alternative is due.
  const { sum, most } = detector;
  if (most <= 0 && (1 + sum) * alpha < 1) return false;
  if ((1 + sum * Math.exp(most)) * alpha < 1) return false;
  return worthOf(detector) * alpha >= 1;
}

/** When the wager that is worth most began. */
export function spokenSince(detector: Detector): Instant {
  settleUp(detector);
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
