import { type Sample, sampleOfWeighted } from './sample.ts';

/** A bucket of a histogram: how many were at most `le`. The last `le` is infinite. */
export interface Bucket {
  readonly le: number;
  /** Counts this bucket and all below it. */
  readonly count: number;
}

/** What lies between two bounds. */
interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Above the last finite bound. */
  readonly open: boolean;
}

/**
 * The values behind a histogram, as far as it knows them: each bucket's spread evenly over it, in
 * as many parts; one part is the middle of the bucket. PromQL takes them for evenly spread too.
 * What is above the last finite bound is taken to lie at it.
 */
export function sampleOfBuckets(buckets: readonly Bucket[], parts = 1): Sample {
  return sampleOfWeighted(
    binsOf(buckets).flatMap(({ from, to, count }) =>
      from === to
        ? [{ value: to, weight: count }]
        : Array.from({ length: parts }, (_, part) => ({
            value: between(from, to, (part + 0.5) / parts),
            weight: count / parts,
          })),
    ),
  );
}

/**
 * The value that the share `q` of all lies below: `histogram_quantile` of PromQL, linear within a
 * bucket, from zero in the first unless its bound is not above zero.
 *
 * @returns `undefined` where nothing was counted, or no bucket has a finite bound
 */
export function quantileOfBuckets(q: number, buckets: readonly Bucket[]): number | undefined {
  const bins = binsOf(buckets);
  const rank = q * bins.reduce((sum, { count }) => sum + count, 0);
  let below = 0;
  for (const { from, to, count } of bins) {
    if (below + count >= rank) return from === to ? to : between(from, to, (rank - below) / count);
    below += count;
  }
  return bins.at(-1)?.to;
}

/**
 * How many lie at `limit` or below, linear within a bucket as `quantileOfBuckets` is: a quantile is
 * above a limit exactly where too few are. What is above the last finite bound is above any limit up
 * to there, and of a higher limit nobody can say.
 */
export function countAtMost(limit: number, buckets: readonly Bucket[]): number {
  let sum = 0;
  for (const { from, to, count, open } of binsOf(buckets)) {
    if (open ? limit > to : limit >= to) sum += count;
    else if (!open && limit > from) sum += count * ((limit - from) / (to - from));
  }
  return sum;
}

/** The largest finite bound, or `undefined` where there is none. */
export function lastBound(buckets: readonly Bucket[]): number | undefined {
  const finite = buckets.map(({ le }) => le).filter(Number.isFinite);
  return finite.length === 0 ? undefined : Math.max(...finite);
}

/** How many there are. */
export const countOf = (buckets: readonly Bucket[]): number =>
  binsOf(buckets).reduce((sum, { count }) => sum + count, 0);

/** The place a share of the way from one bound to the other, whose distance may be too large. */
const between = (from: number, to: number, share: number): number =>
  from * (1 - share) + to * share;

/** What lies in each bucket that holds anything, by itself. */
function binsOf(buckets: readonly Bucket[]): readonly Bin[] {
  const ascending = buckets
    .filter(({ le, count }) => !Number.isNaN(le) && count >= 0 && count < Infinity)
    .toSorted((x, y) => x.le - y.le);
  const bins: Bin[] = [];
  let below = 0;
  let bound: number | undefined;
  for (const { le, count } of ascending) {
    // The first bucket begins at zero; one of values below zero begins nowhere.
    const from: number = bound ?? (le > 0 && le < Infinity ? 0 : le);
    const to = le === Infinity ? from : le;
    // A count below the one before it was taken in between: PromQL takes the larger too.
    if (count > below && to < Infinity)
      bins.push({ from, to, count: count - below, open: le === Infinity });
    below = Math.max(below, count);
    bound = to;
  }
  return bins;
}
