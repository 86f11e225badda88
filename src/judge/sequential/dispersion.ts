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
}

/**
 * What is assumed before any is seen, how many pairs that is worth, and after how many it is
 * forgotten: some clustering, so that the first users' errors are not taken for proof, and not so
 * much that twenty failures out of twenty requests would be let pass.
 */
const AT_FIRST = 2.5;
const BELIEF = 18;
const FORGOTTEN = 60;
/** The factor moves in steps of a twelfth: a test that allows for it need not do so again and again. */
const STEP = Math.log(1.08);

export const startDispersion = (): Dispersion => ({ sum: 0, pairs: 0 });

/** Takes in the squared difference of two neighbours over its variance if samples are independent. */
export function addPair(dispersion: Dispersion, squared: number): void {
  if (!Number.isFinite(squared)) return;
  dispersion.sum += squared;
  dispersion.pairs += 1;
}

/**
 * The factor: never below 1, and 1 where it is within a standard error of it. (Each of the pairs has
 * a variance of 2 and shares a block with its neighbours: that of k together is 3k.)
 */
export function factorOf({ sum, pairs }: Dispersion): number {
  const belief = BELIEF * Math.max(0, 1 - pairs / FORGOTTEN);
  const seen = pairs + belief;
  const mean = (sum + belief * AT_FIRST) / seen;
  if (mean <= 1 + Math.sqrt(3 / seen)) return 1;
  return Math.exp(STEP * Math.round(Math.log(mean) / STEP));
}
