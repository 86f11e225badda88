/**
 * The value that the share `q` of all lies below, by Hyndman and Fan's definition 7 ("Sample
 * quantiles in statistical packages", The American Statistician 50, 1996), which R, NumPy and
 * spreadsheets take: linear between the values on either side of place (n − 1) q.
 *
 * @param ascending finite values in ascending order
 * @param q from 0 to 1
 * @returns `undefined` of nothing
 */
export function percentile(ascending: readonly number[], q: number): number | undefined {
  const place = (ascending.length - 1) * Math.min(Math.max(q, 0), 1);
  const below = ascending[Math.floor(place)];
  const above = ascending[Math.ceil(place)];
  if (below === undefined || above === undefined) return undefined;
  const share = place - Math.floor(place);
  // Weights, not a difference: that may be larger than a double holds.
  return below === above ? below : below * (1 - share) + above * share;
}
