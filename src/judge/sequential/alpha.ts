/**
 * α, the promised rate of false rollbacks, is one budget for a rollout. Here it is cut up, so that
 * the pieces of all checks, limits, stages and entries together never come to more than the whole.
 */

/** Where in a rollout a test stands. All are counted from 1. */
export interface Place {
  /** How many tests may roll this rollout back: each limit of each check (and segment) is one. */
  readonly tests: number;
  /** The stage, of the stages in which this check is judged. */
  readonly stage: number;
  readonly stages: number;
  /** The how-manieth stay in this stage: 2 after a first resume or restart. */
  readonly entry: number;
}

/** What the first stage gets before the others share: there the code meets its users. */
const FIRST_STAGE = 1 / 2;
/** What the first stay in a stage gets; the rest is kept for stays nobody planned. */
const FIRST_ENTRY = 9 / 10;

/**
 * The share of α that one test may spend in one entry.
 *
 * Stages: half to the first, the other half to all alike. Entries: nine tenths to the first; of the
 * tenth left, the n-th gets 1/(n(n−1)), which comes to 1 however many follow (Bonferroni, with a
 * convergent series). A tick that knows the place therefore knows the share, and needs no memory of
 * what was spent before.
 *
 * @param alpha what the whole rollout may spend: 0.05 for a `confidence` of 95 %.
 */
export function shareOf(alpha: number, place: Place): number {
  const tests = Math.max(1, Math.floor(place.tests));
  const stages = Math.max(1, Math.floor(place.stages));
  const entry = Math.max(1, Math.floor(place.entry));
  const even = (1 - FIRST_STAGE) / stages;
  const stage = place.stage <= 1 ? FIRST_STAGE + even : even;
  const stay = entry === 1 ? FIRST_ENTRY : (1 - FIRST_ENTRY) / (entry * (entry - 1));
  return (alpha / tests) * stage * stay;
}
