/** One look at a stretch of points, and the share of the false-alarm rate it may spend. */
export interface Look {
  /** Places in the series: `from` is the first point of the window, `to` the first after it. */
  readonly from: number;
  readonly to: number;
  readonly alpha: number;
}

/** 1/(k (k + 1)) for k = 1, 2, …: however many there are, they add up to less than one. */
const share = (k: number): number => 1 / (k * (k + 1));

/**
 * Which windows of a series of `points` points to judge now, so that all looks together raise a
 * false alarm with probability `alpha` at most, whenever and however often one asks.
 *
 * A window is `first` · 2^j points long and ends at a multiple of its length: so the first windows
 * of each length are the series so far at every doubling, the later ones are its recent past, and a
 * regression after a healthy week is not diluted by it. Between two such moments the answer stays
 * the same, so asking again is no new look. The i-th window of length j (from 0) may spend
 * α · 1/((j + 1)(j + 2)) · 1/(i (i + 1)): a Bonferroni sum over windows that never exceeds α, and
 * whose terms shrink slowly: at a point a minute the critical value doubles in two weeks.
 *
 * @param first the shortest window that can say anything, in points
 */
export function looksAt(points: number, first: number, alpha: number): readonly Look[] {
  const looks: Look[] = [];
  for (let level = 1, length = Math.max(1, first); length <= points; level += 1, length *= 2) {
    const nth = Math.floor(points / length);
    looks.push({
      from: (nth - 1) * length,
      to: nth * length,
      alpha: alpha * share(level) * share(nth),
    });
  }
  return looks;
}
