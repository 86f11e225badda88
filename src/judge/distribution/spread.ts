import {
  type Bucket,
  countAtMost,
  countOf,
  lastBound,
  quantileOfBuckets,
} from '../statistics/histogram.ts';
import { percentile } from '../statistics/percentile.ts';

/** How one arm was spread out over a while: by a histogram, or by values that were seen. */
export type Spread =
  | { readonly kind: 'histogram'; readonly buckets: readonly Bucket[] }
  | { readonly kind: 'values'; readonly values: readonly number[] };

/** How many were seen. */
export const sizeOf = (spread: Spread): number =>
  spread.kind === 'histogram' ? countOf(spread.buckets) : spread.values.length;

/** The value that the share `q` lies below; `undefined` of nothing. */
export function quantileOf(spread: Spread, q: number): number | undefined {
  if (spread.kind === 'histogram') return quantileOfBuckets(q, spread.buckets);
  return percentile(
    spread.values.toSorted((x, y) => x - y),
    q,
  );
}

/** How many were above a value, or, where `orAt`, at it or above. A histogram knows no such difference. */
export function countAbove(spread: Spread, value: number, orAt: boolean): number {
  if (spread.kind === 'histogram') {
    return Math.max(0, countOf(spread.buckets) - countAtMost(value, spread.buckets));
  }
  return spread.values.filter((each) => (orAt ? each >= value : each > value)).length;
}

/** Some spreads as one. */
export function together(spreads: readonly Spread[]): Spread | undefined {
  const values: number[] = [];
  const counts = new Map<number, number>();
  for (const spread of spreads) {
    if (spread.kind === 'values') values.push(...spread.values);
    else for (const { le, count } of spread.buckets) counts.set(le, (counts.get(le) ?? 0) + count);
  }
  if (counts.size > 0) {
    return { kind: 'histogram', buckets: [...counts].map(([le, count]) => ({ le, count })) };
  }
  return spreads.length === 0 ? undefined : { kind: 'values', values };
}

/** Whether a level lies where a histogram no longer tells one value from another. */
export function isBeyond(spread: Spread, level: number): boolean {
  const last = spread.kind === 'histogram' ? lastBound(spread.buckets) : undefined;
  return last !== undefined && level > last;
}

/** Whether a value is the last that a histogram tells: what was measured may have been more. */
export function isCapped(spread: Spread, value: number): boolean {
  const last = spread.kind === 'histogram' ? lastBound(spread.buckets) : undefined;
  return last !== undefined && value >= last;
}

/** Both arms over one while. An arm that was not seen is left out. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly treatment?: Spread;
  readonly control?: Spread;
}

/** One arm of several stretches; `undefined` where nothing was seen. */
export function armOf(
  stretches: readonly Stretch[],
  arm: 'treatment' | 'control',
): Spread | undefined {
  const all = together(stretches.flatMap((stretch) => stretch[arm] ?? []));
  return all !== undefined && sizeOf(all) > 0 ? all : undefined;
}
