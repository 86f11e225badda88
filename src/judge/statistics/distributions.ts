import erfc from '@stdlib/math-base-special-erfc';
import erfcinv from '@stdlib/math-base-special-erfcinv';
import type { PValues } from './interval.ts';

/**
 * The normal and χ² distributions. Tails are survival functions, never one minus a distribution
 * function: at z = 38 there is still 3·10⁻³¹⁶ of it.
 */

/** No evidence makes a p-value zero: past z = 38.5 the smallest double stands for what is smaller. */
const positive = (p: number): number => Math.max(p, Number.MIN_VALUE);

/** P(Z ≤ z). */
export const normalCdf = (z: number): number => normalSf(-z);

/** P(Z > z). */
export const normalSf = (z: number): number => erfc(z / Math.SQRT2) / 2;

/** The z with P(Z > z) = q, for q in [0, 1]. Exact in the far tail, where `q` is tiny. */
export const normalUpperQuantile = (q: number): number => Math.SQRT2 * erfcinv(2 * q);

/** The half-width, in standard errors, of a two-sided interval: 1.96 for 0.95. */
export const criticalValue = (confidence: number): number =>
  normalUpperQuantile((1 - confidence) / 2);

/** The p-values of a statistic that is standard normal where A and B are the same. */
export function normalPValues(z: number): PValues {
  return {
    twoSided: positive(erfc(Math.abs(z) / Math.SQRT2)),
    above: positive(normalSf(z)),
    below: positive(normalSf(-z)),
  };
}

/**
 * P(X > x) for χ² with a whole number of degrees of freedom, a finite sum then (Abramowitz &
 * Stegun 26.4.4, 26.4.5): e^(−x/2) Σ (x/2)^k / Γ(k+1) over k = 0, 1, … below df/2 where df is
 * even, and over k = ½, 3/2, … with erfc(√(x/2)) before it where df is odd.
 */
export function chiSquareSf(x: number, degrees: number): number {
  if (x <= 0) return 1;
  const half = x / 2;
  const odd = degrees % 2 === 1;
  let sum = odd ? erfc(Math.sqrt(half)) : 0;
  let term = odd ? 2 * Math.sqrt(half / Math.PI) * Math.exp(-half) : Math.exp(-half);
  for (let k = odd ? 0.5 : 0; k < degrees / 2; k += 1) {
    sum += term;
    term *= half / (k + 1);
  }
  return positive(Math.min(1, sum));
}
