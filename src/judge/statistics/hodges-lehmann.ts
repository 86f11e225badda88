import { criticalValue } from './distributions.ts';
import type { ConfidenceInterval } from './interval.ts';
import { pairsOf } from './mann-whitney.ts';
import { type Sample, untied } from './sample.ts';

/** By how much B lies above A, in the unit of the values. */
export interface Shift {
  /** The median of all differences between a value of B and a value of A. */
  readonly estimate: number;
  readonly interval: ConfidenceInterval;
  readonly confidence: number;
  /**
   * Whether so few values can reach that confidence at all. Where they cannot, the interval spans
   * all differences and still says too much.
   */
  readonly reached: boolean;
}

/**
 * The Hodges–Lehmann estimate of a shift and the interval of all shifts that the Mann–Whitney test
 * does not reject (Hodges & Lehmann, Annals of Mathematical Statistics 34, 1963; Lehmann,
 * Nonparametrics, 1975, 2.5). R's `wilcox.test(b, a, conf.int = TRUE, exact = FALSE)` searches for
 * the ends to 10⁻⁴; they are differences between two values, found here exactly: a test statistic
 * only jumps where a shifted value meets another, and between such shifts the ties are those
 * within each arm.
 *
 * @returns `undefined` where a sample is empty
 */
export function hodgesLehmann(a: Sample, b: Sample, confidence: number): Shift | undefined {
  const pairs = a.total * b.total;
  if (pairs === 0) return undefined;
  const total = a.total + b.total;
  // Two groups that never meet: their ties are each arm's own.
  const sizes = [...a.weights, ...b.weights];
  const sigma = Math.sqrt(((pairs / 12) * untied(sizes, total)) / pairsOf(total));
  const rank = pairs / 2 - 0.5 - criticalValue(confidence) * sigma;
  const lower = (at: number): number => smallestDifference(b, a, at);
  const upper = (at: number): number => -smallestDifference(a, b, at);
  return {
    estimate: lower(pairs / 2) / 2 + upper(pairs / 2) / 2,
    interval: { low: lower(rank), high: upper(rank) },
    confidence,
    reached: rank > 0,
  };
}

/**
 * The smallest difference x − y that so many pairs lie at or below. Halves the range in which it
 * must be, and counts the pairs below the middle in one walk along both samples: for 10⁵ values an
 * arm that is a few dozen walks, where the list of all pairs would be 10¹⁰ long.
 */
function smallestDifference(x: Sample, y: Sample, rank: number): number {
  const [first, last] = [0, -1];
  let low = (x.values.at(first) ?? 0) - (y.values.at(last) ?? 0);
  let high = (x.values.at(last) ?? 0) - (y.values.at(first) ?? 0);
  const fromHere = suffixSums(y.weights);
  while (low < high) {
    const middle = low + (high - low) / 2;
    const split = splitAt(x, y, fromHere, middle < high ? middle : low);
    if (split.pairs >= rank) high = split.atOrBelow;
    else low = split.above;
  }
  return high;
}

/** How many pairs differ by `limit` at most, and the differences next to it on either side. */
function splitAt(
  x: Sample,
  y: Sample,
  fromHere: readonly number[],
  limit: number,
): { readonly pairs: number; readonly atOrBelow: number; readonly above: number } {
  let [pairs, atOrBelow, above] = [0, -Infinity, Infinity];
  let j = 0;
  for (let i = 0; i < x.values.length; i += 1) {
    const value = x.values[i] ?? 0;
    while (j < y.values.length && value - (y.values[j] ?? 0) > limit) j += 1;
    if (j < y.values.length) atOrBelow = Math.max(atOrBelow, value - (y.values[j] ?? 0));
    if (j > 0) above = Math.min(above, value - (y.values[j - 1] ?? 0));
    pairs += (x.weights[i] ?? 0) * (fromHere[j] ?? 0);
  }
  return { pairs, atOrBelow, above };
}

/** At each place the sum of the weights from there on; zero past the end. */
function suffixSums(weights: readonly number[]): readonly number[] {
  const sums = new Array<number>(weights.length + 1).fill(0);
  for (let i = weights.length - 1; i >= 0; i -= 1) sums[i] = (sums[i + 1] ?? 0) + (weights[i] ?? 0);
  return sums;
}
