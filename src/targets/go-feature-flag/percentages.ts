import { BUCKETS } from '../../model/exposure.ts';

/**
 * The percentages that give the variation sorted first some of the 100,000 buckets, and the other
 * the rest. They sum to exactly 100.
 *
 * GO Feature Flag multiplies them by 1,000 in binary and cuts off what is behind the point: 1.001
 * would be 1,000 buckets. Where that loses a bucket, the percentage is written a little larger.
 *
 * @param weight in buckets, 0 to 100,000.
 */
export function percentages(weight: number): { readonly first: number; readonly second: number } {
  const plain = weight / PER_PERCENT;
  if (Math.trunc(plain * PER_PERCENT) === weight) {
    return { first: plain, second: (BUCKETS - weight) / PER_PERCENT };
  }
  const first = rounded(plain + LITTLE);
  return { first, second: rounded(100 - first) };
}

const PER_PERCENT = BUCKETS / 100;

/** Far less than a bucket, far more than what binary fractions lose. */
const LITTLE = 1e-7;

const rounded = (percentage: number): number => Number(percentage.toFixed(7));
