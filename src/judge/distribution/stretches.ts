import {
  type BucketIncrements,
  type Grid,
  intervalCount,
  type SeriesAnswer,
} from '../../model/measurement.ts';
import type { Duration } from '../../time.ts';
import { columnOf } from '../counts/intervals.ts';
import { blockLength } from '../statistics/blocks.ts';
import type { Spread, Stretch } from './spread.ts';

/**
 * What both arms' buckets counted in each interval; nothing where something that counted is no
 * bucket.
 */
export function stretchesOfBuckets(
  found: readonly (readonly BucketIncrements[])[],
  grid: Grid,
): readonly Stretch[] | undefined {
  const arms = found.map((buckets) => bucketsIn(buckets, grid));
  const [treatment, control] = arms;
  if (arms.some((arm) => arm === undefined)) return undefined;
  const spread = (arm: readonly BucketColumn[] | undefined, place: number): Spread => ({
    kind: 'histogram',
    buckets: (arm ?? []).map(({ le, column }) => ({ le, count: column[place] ?? 0 })),
  });
  return Array.from({ length: intervalCount(grid) }, (_, place) => {
    const to = grid.from + (place + 1) * grid.step;
    return {
      from: to - grid.step,
      to,
      treatment: spread(treatment, place),
      ...(control === undefined ? {} : { control: spread(control, place) }),
    };
  });
}

interface BucketColumn {
  readonly le: number;
  readonly column: Float64Array;
}

/** What each bucket counted; `undefined` where one has no bound. */
function bucketsIn(
  buckets: readonly BucketIncrements[],
  grid: Grid,
): readonly BucketColumn[] | undefined {
  const columns: BucketColumn[] = [];
  for (const bucket of buckets) {
    if (bucket.le === undefined) return undefined;
    columns.push({ le: bucket.le, column: columnOf(bucket, grid) });
  }
  return columns;
}

/** Looks at a number as stretches, one a look; what is not finite was not seen. */
export function stretchesOfSamples(
  { from, to, step }: Grid,
  treatment: SeriesAnswer,
  control: SeriesAnswer | undefined,
): readonly Stretch[] {
  const [ours, theirs] = [valuesAt(treatment), control && valuesAt(control)];
  const moments = Math.floor((to - from) / step) + 1;
  return Array.from({ length: moments - 1 }, (_, place) => {
    const at = from + (place + 1) * step;
    return {
      from: at - step,
      to: at,
      treatment: lookAt(ours, at),
      ...(theirs === undefined ? {} : { control: lookAt(theirs, at) }),
    };
  });
}

const valuesAt = ({ points }: SeriesAnswer): ReadonlyMap<number, number> =>
  new Map(points.filter(({ value }) => Number.isFinite(value)).map(({ at, value }) => [at, value]));

function lookAt(values: ReadonlyMap<number, number>, at: number): Spread {
  const value = values.get(at);
  return { kind: 'values', values: value === undefined ? [] : [value] };
}

/**
 * So many steps, taken together, are all but independent of the next so many. The control says how
 * many; where it cannot, for a daily wave or because it is short, they are a window.
 */
export function lengthOfBlocks(
  control: readonly number[],
  window: Duration,
  step: Duration,
): number {
  return blockLength(control) ?? Math.max(1, Math.round(window / step));
}
