import type { Comparable } from '../../model/trial.ts';
import type { CountedInterval } from '../sequential/spec.ts';
import { compareMeans, momentsOf, type Sums } from '../statistics/means.ts';
import { type Counts, compareProportions } from '../statistics/proportions.ts';
import type { ArmSizes } from '../statistics/sample-size.ts';
import type { Arms } from '../statistics/segments.ts';
import type { Comparison } from './verdict.ts';

/** All that one arm counted, of either kind: a proportion's sum is its events. */
export interface Tally extends Sums {
  readonly kind: Comparable['kind'];
}

/** Adds up the intervals, arm by arm: A is the control, B the treatment. */
export function tallies(
  kind: Comparable['kind'],
  intervals: readonly CountedInterval[],
): Arms<Tally> {
  const of = (arm: 'treatment' | 'control'): Tally => {
    const all = { kind, count: 0, sum: 0, sumOfSquares: 0 };
    for (const interval of intervals) {
      const tally = interval[arm];
      if (!tally) continue;
      const isCount = 'total' in tally;
      all.count += isCount ? tally.total : tally.count;
      all.sum += isCount ? tally.events : tally.sum;
      all.sumOfSquares += isCount ? tally.events : tally.sumOfSquares;
    }
    return all;
  };
  return { a: of('control'), b: of('treatment') };
}

export const sizesOf = ({ a, b }: Arms<Tally>): ArmSizes => ({ a: a.count, b: b.count });

/**
 * The two arms by the test for a fixed sample. What is counted together fails together: the sample
 * is taken to be as many times smaller as its variance is larger than that of independent counts.
 */
export const compareWith =
  (dispersion: number) =>
  (a: Tally, b: Tally, confidence: number): Comparison | undefined => {
    if (a.count === 0 || b.count === 0) return undefined;
    const [less, lessB] = [shrunk(a, dispersion), shrunk(b, dispersion)];
    return a.kind === 'proportion'
      ? compareProportions(countsOf(less), countsOf(lessB), confidence)
      : compareMeans(less, lessB, confidence);
  };

const shrunk = ({ kind, count, sum, sumOfSquares }: Tally, by: number): Tally => ({
  kind,
  count: count / by,
  sum: sum / by,
  sumOfSquares: sumOfSquares / by,
});

const countsOf = ({ count, sum }: Tally): Counts => ({ events: sum, total: count });

/** The level of an arm and how far its samples are spread around it; none where too few are there. */
export function levelOf(tally: Tally): { readonly mean: number; readonly sd: number } | undefined {
  if (tally.count <= 0) return undefined;
  if (tally.kind === 'proportion') {
    const rate = tally.sum / tally.count;
    return { mean: rate, sd: Math.sqrt(rate * (1 - rate)) };
  }
  const moments = momentsOf(tally);
  return moments && { mean: moments.mean, sd: Math.sqrt(moments.variance) };
}
