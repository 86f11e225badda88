/**
 * How many times the variance of a control arm is that of independent samples. Requests of one
 * user fail together; counted one by one they look like more evidence than they are.
 *
 * Neighbouring blocks are compared with each other, not with the mean of the entry (von Neumann's
 * ratio), so that a daily wave or a slow drift, which both arms share, does not count as noise.
 */
export interface Dispersion {
  sum: number;
  pairs: number;
  /** The factor that is allowed for, and how many pairs it takes to look at it anew. */
  factor: number;
  due: number;
}

/**
 * What is assumed before any is seen, how many pairs that is worth, and after how many it is
 * forgotten: some clustering, so that the first users' errors are not taken for proof, and not so
 * much that twenty failures out of twenty requests would be let pass.
 */
const AT_FIRST = 2.4;
const BELIEF = 16;
const FORGOTTEN = 60;
/**
 * A pair counts for no more than so many times what is known of the others. Further apart two
 * neighbours are once in two thousand pairs by chance; they are where an outage begins, which is no
 * clustering and must not make everything that follows look like noise.
 */
const MOST = 12;
/** The factor moves in steps of a twelfth, and when there is a fifth more to know it by. */
const STEP = Math.log(1.08);
const MORE = 1.2;

export function startDispersion(): Dispersion {
  const nothing = { sum: 0, pairs: 0, factor: 1, due: 0 };
  return { ...nothing, factor: estimateOf(nothing) };
}

/**
 * Looks at the factor anew, if it is time: a test that allows for it judges all of its history again
 * where it has moved, so how often that may be grows with the logarithm of the history alone. When it
 * is time follows from how many pairs there are, not from what they say.
 */
export function settle(dispersion: Dispersion, now: boolean): void {
  if (!now && dispersion.pairs < dispersion.due) return;
  dispersion.factor = estimateOf(dispersion);
  dispersion.due = MORE * dispersion.pairs;
}

/** Takes in the squared difference of two neighbours over its variance if samples are independent. */
export function addPair(dispersion: Dispersion, squared: number): void {
  if (!Number.isFinite(squared)) return;
  dispersion.sum += Math.min(squared, MOST * Math.max(1, meanOf(dispersion)));
  dispersion.pairs += 1;
}

/** What is known so far, and what is assumed as long as that is little. */
function meanOf({ sum, pairs }: Pick<Dispersion, 'sum' | 'pairs'>): number {
  const belief = beliefAfter(pairs);
  return (sum + belief * AT_FIRST) / (pairs + belief);
}

const beliefAfter = (pairs: number): number => BELIEF * Math.max(0, 1 - pairs / FORGOTTEN);

/** Where the estimate is no more than so many standard errors above 1, samples are taken to be independent. */
const CLEAR = 1.5;
/** Where it is more, so many are added: too little would break the promise, too much is only slow. */
const MARGIN = 0.6;

/**
 * The factor: never below 1, and 1 where it is not clearly more. (Each of the pairs has a variance of
 * 2 and shares a block with its neighbours: that of k together is 3k.) What was assumed and not seen
 * has no error.
 */
function estimateOf(dispersion: Pick<Dispersion, 'sum' | 'pairs'>): number {
  const { pairs } = dispersion;
  const seen = pairs + beliefAfter(pairs);
  const mean = meanOf(dispersion);
  const error = Math.sqrt(3 / seen);
  if (mean <= 1 + CLEAR * error) return 1;
  const careful = mean * (1 + (MARGIN * error * pairs) / seen);
  return Math.exp(STEP * Math.round(Math.log(careful) / STEP));
}
