/**
 * Always-valid intervals: bounds that hold at all moments at once.
 */

/** The sample size at which an asymptotic confidence sequence is made tightest. */
const TUNED_FOR = 5_000;

/**
 * Half the width of an asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy,
 * Ramdas, arXiv 2103.06476, theorem 2.2 and its one-sided form), in the unit of `se`.
 *
 * @param se the standard error of the estimate, @param n all samples behind it.
 */
export function halfWidth(se: number, n: number, alpha: number, sides: 1 | 2): number {
  const a = sides === 2 ? alpha : 2 * alpha;
  const squared = (-2 * Math.log(a) + Math.log(-2 * Math.log(a) + 1)) / TUNED_FOR;
  const k = n * squared + 1;
  const log =
    sides === 2 ? Math.log(Math.sqrt(k) / alpha) : Math.log(1 + Math.sqrt(k) / (2 * alpha));
  return se * Math.sqrt(((2 * k) / (n * squared)) * log);
}

/**
 * Bounds for a parameter whose log-likelihood is concave, given on an even grid: those values that
 * the mixture of all values of the grid does not outbid by 1/α (method of mixtures, Robbins 1970).
 * Between grid points the chords of the neighbours, which lie above a concave curve, keep the bounds
 * on the safe side.
 *
 * @returns positions on the grid, fractions included; infinite where the grid ends first.
 */
export function boundsOf(logLikelihood: Float64Array, alpha: number): readonly [number, number] {
  const { length } = logLikelihood;
  const at = (index: number): number => logLikelihood[index] ?? Number.NEGATIVE_INFINITY;
  const top = logLikelihood.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY);
  const sum = logLikelihood.reduce((total, each) => total + Math.exp(each - top), 0);
  const least = top + Math.log(sum / length) + Math.log(alpha);
  const peak = logLikelihood.indexOf(top);
  const end = (step: 1 | -1): number => {
    let index = peak;
    while (index + step >= 0 && index + step < length && at(index + step) > least) index += step;
    const outside = index + step;
    if (outside < 0 || outside >= length) return step * Number.POSITIVE_INFINITY;
    const fall = at(index - step) - at(index);
    const inner = fall > 0 ? (at(index) - least) / fall : 1;
    const further = at(outside) - at(outside + step);
    const outer = further > 0 ? 1 - (least - at(outside)) / further : 1;
    return index + step * Math.min(1, Math.max(0, Math.min(inner, outer)));
  };
  return [end(-1), end(1)];
}
