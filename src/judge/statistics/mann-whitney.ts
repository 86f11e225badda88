import { normalPValues } from './distributions.ts';
import type { PValues } from './interval.ts';
import { type Sample, untied } from './sample.ts';

/** Whether values in B tend to be larger than in A. */
export interface MannWhitney {
  /** Of all pairs, those in which B is larger, and half of those that are equal. */
  readonly u: number;
  /** The same as a share of all pairs, the common-language effect size: ½ is no difference. */
  readonly superiority: number;
  readonly z: number;
  readonly p: PValues;
}

/**
 * The Mann–Whitney U test by its normal approximation (Annals of Mathematical Statistics 18, 1947)
 * with the corrections for ties and for continuity, as `wilcox.test(b, a, exact = FALSE)` of R.
 *
 * @returns `undefined` where a sample is empty
 */
export function mannWhitney(a: Sample, b: Sample): MannWhitney | undefined {
  if (a.total === 0 || b.total === 0) return undefined;
  const { u, groups } = countPairs(a, b);
  const pairs = a.total * b.total;
  const sigma = Math.sqrt(
    ((pairs / 12) * untied(groups, a.total + b.total)) / pairsOf(a.total + b.total),
  );
  const excess = u - pairs / 2;
  const score = (by: number): number => (sigma > 0 ? (excess - by) / sigma : 0);
  // Half a pair towards the middle: the counts jump by whole pairs, the normal does not.
  const z = Math.abs(excess) <= 0.5 ? 0 : score(0.5 * Math.sign(excess));
  return {
    u,
    superiority: u / pairs,
    z,
    p: {
      twoSided: normalPValues(z).twoSided,
      above: normalPValues(score(0.5)).above,
      below: normalPValues(score(-0.5)).below,
    },
  };
}

/** N (N − 1), which is above zero whenever two values were seen. */
export const pairsOf = (total: number): number => Math.max(total * (total - 1), Number.MIN_VALUE);

/** Walks both samples at once, from the smallest value up. */
function countPairs(a: Sample, b: Sample): { readonly u: number; readonly groups: number[] } {
  const groups: number[] = [];
  let u = 0;
  let below = 0;
  for (let i = 0, j = 0; i < a.values.length || j < b.values.length; ) {
    const value = Math.min(a.values[i] ?? Infinity, b.values[j] ?? Infinity);
    const inA = a.values[i] === value ? (a.weights[i++] ?? 0) : 0;
    const inB = b.values[j] === value ? (b.weights[j++] ?? 0) : 0;
    u += inB * (below + inA / 2);
    below += inA;
    groups.push(inA + inB);
  }
  return { u, groups };
}
