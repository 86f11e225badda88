import type { ConfidenceInterval, PValues } from './interval.ts';
import { studentTPValues, studentTUpperQuantile } from './student-t.ts';

/** What a metrics store keeps of many values: how many, their sum, and the sum of their squares. */
export interface Sums {
  readonly count: number;
  /** In the metric's unit. */
  readonly sum: number;
  /** In the metric's unit, squared. */
  readonly sumOfSquares: number;
}

/** Two means held against each other: B against A. */
export interface MeanComparison {
  readonly kind: 'means';
  readonly means: { readonly a: number; readonly b: number };
  readonly samples: { readonly a: number; readonly b: number };
  /** B − A, in the metric's unit. */
  readonly difference: number;
  readonly interval: ConfidenceInterval;
  readonly confidence: number;
  readonly t: number;
  readonly degrees: number;
  readonly p: PValues;
  /** (B − A) / |A|: 0.1 is ten percent more. None where A is zero. */
  readonly relative?: { readonly estimate: number; readonly interval: ConfidenceInterval };
}

/** No measure is larger; squares of what is smaller fit into a double. */
const LARGEST = 1e140;

/**
 * Mean and sample variance from sums. The variance is a difference of two products, which are
 * taken exactly (Dekker's product), so that nothing is lost but what the sums had lost before. A
 * variance below what their own rounding can hide is that much: it is never negative, and the
 * digits lost in adding up a constant never look like a sharp measurement.
 *
 * @returns `undefined` for fewer than two values, or for sums that are not finite
 */
export function momentsOf({
  count,
  sum,
  sumOfSquares,
}: Sums): { readonly mean: number; readonly variance: number } | undefined {
  const usable =
    count >= 2 && count <= LARGEST && Math.abs(sum) <= LARGEST && sumOfSquares <= LARGEST;
  if (!usable) return undefined;
  const mean = sum / count;
  const [whole, wholeRest] = product(count, Math.max(0, sumOfSquares));
  const [square, squareRest] = product(sum, sum);
  const spread = whole - square + (wholeRest - squareRest);
  const hidden = Number.EPSILON * Math.max(whole, square);
  return { mean, variance: Math.max(spread, hidden) / count / (count - 1) };
}

/**
 * Welch's t-test of two means (Biometrika 34, 1947) with the interval of their difference, and
 * their relative difference by the delta method: SE² = v_B/(n_B m_A²) + v_A m_B²/(n_A m_A⁴).
 *
 * For a sample whose size was fixed beforehand. Looked at again and again it cries wolf.
 *
 * @returns `undefined` where an arm has fewer than two values
 */
export function compareMeans(
  armA: Sums,
  armB: Sums,
  confidence: number,
): MeanComparison | undefined {
  const [a, b] = [momentsOf(armA), momentsOf(armB)];
  if (!a || !b) return undefined;
  const [varianceA, varianceB] = [a.variance / armA.count, b.variance / armB.count];
  const error = Math.sqrt(varianceA + varianceB);
  const difference = b.mean - a.mean;
  const t = difference === 0 ? 0 : difference / error;
  // Shares, not squares of variances: those vanish where a metric is counted in small units.
  const share = error === 0 ? 0.5 : varianceA / (varianceA + varianceB);
  const degrees = 1 / (share ** 2 / (armA.count - 1) + (1 - share) ** 2 / (armB.count - 1));
  const critical = studentTUpperQuantile((1 - confidence) / 2, degrees);
  const around = (middle: number, by: number): ConfidenceInterval => ({
    low: middle - by,
    high: middle + by,
  });
  const size = Math.abs(a.mean);
  const relative = difference / size;
  const relativeError =
    Math.hypot(Math.sqrt(varianceB), Math.sqrt(varianceA) * (b.mean / a.mean)) / size;
  return {
    kind: 'means',
    means: { a: a.mean, b: b.mean },
    samples: { a: armA.count, b: armB.count },
    difference,
    interval: around(difference, critical * error),
    confidence,
    t,
    degrees,
    p: studentTPValues(t, degrees),
    ...(Number.isFinite(relative) && Number.isFinite(critical * relativeError)
      ? { relative: { estimate: relative, interval: around(relative, critical * relativeError) } }
      : {}),
  };
}

/** x · y as a double and what rounding took from it (Dekker, Numerische Mathematik 18, 1971). */
function product(x: number, y: number): readonly [product: number, rest: number] {
  const whole = x * y;
  const [xHigh, xLow] = halves(x);
  const [yHigh, yLow] = halves(y);
  return [whole, xLow * yLow - (whole - xHigh * yHigh - xLow * yHigh - xHigh * yLow)];
}

function halves(x: number): readonly [high: number, low: number] {
  const scaled = 134_217_729 * x; // 2²⁷ + 1
  const high = scaled - (scaled - x);
  return [high, x - high];
}
