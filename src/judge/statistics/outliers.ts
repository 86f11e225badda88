import type { ConfidenceInterval } from './interval.ts';
import { percentile } from './percentile.ts';

/**
 * Where values stop being ordinary: Tukey's fences, Q1 − f·IQR and Q3 + f·IQR, but never within
 * the first and the last hundredth, so that a narrow distribution with a tail keeps it.
 *
 * @param factor f: 1.5 is Tukey's outlier, 3 his "far out"
 * @returns `undefined` where there is no finite value
 */
export function fencesOf(
  values: readonly number[],
  factor: number,
): ConfidenceInterval | undefined {
  const ascending = values.filter(Number.isFinite).sort((x, y) => x - y);
  const at = (q: number): number | undefined => percentile(ascending, q);
  const [p1, q1, q3, p99] = [at(0.01), at(0.25), at(0.75), at(0.99)];
  if (p1 === undefined || q1 === undefined || q3 === undefined || p99 === undefined) {
    return undefined;
  }
  const reach = factor * (q3 - q1);
  return { low: Math.min(p1, q1 - reach), high: Math.max(p99, q3 + reach) };
}

/** The values without outliers, in their order. */
export function withoutOutliers(values: readonly number[], factor: number): readonly number[] {
  const fences = fencesOf(values, factor);
  return fences ? values.filter((value) => value >= fences.low && value <= fences.high) : [];
}
