import type {
  Answer,
  Counter,
  CountersAnswer,
  CountersQuery,
  RangeQuery,
} from '../../model/measurement.ts';
import type { Duration } from '../../time.ts';
import { increases } from '../counts/growth.ts';
import { blockLength } from '../statistics/blocks.ts';
import type { Spread, Stretch } from './spread.ts';

/** Counters of buckets, as a provider found them. */
type Found = Extract<CountersAnswer, { kind: 'counters' }>['found'];

/**
 * What both arms' buckets counted from each moment to the next; nothing where a counter is no bucket.
 */
export function stretchesOfBuckets(
  found: Found,
  query: CountersQuery,
): readonly Stretch[] | undefined {
  const bounds = found.map(boundsOf);
  if (bounds.some((arm) => arm === undefined)) return undefined;
  const les = bounds.map((arm) => [...(arm ?? new Map<number, Counter[]>())]);
  const counted = increases(
    les.flatMap((arm) => arm.map(([, counters]) => counters)),
    query,
    query.from,
  );
  const width = les[0]?.length ?? 0;
  return counted.map(({ at, by }) => {
    const spread = (arm: number, from: number): Spread => ({
      kind: 'histogram',
      buckets: (les[arm] ?? []).map(([le], place) => ({ le, count: by[from + place] ?? 0 })),
    });
    return {
      from: at - query.step,
      to: at,
      treatment: spread(0, 0),
      ...(les.length > 1 ? { control: spread(1, width) } : {}),
    };
  });
}

/** The counters of each bound; `undefined` where one has none. */
function boundsOf(counters: readonly Counter[]): ReadonlyMap<number, Counter[]> | undefined {
  const byBound = new Map<number, Counter[]>();
  for (const counter of counters) {
    const le = boundOf(counter.labels.le);
    if (le === undefined) return undefined;
    byBound.set(le, [...(byBound.get(le) ?? []), counter]);
  }
  return byBound;
}

function boundOf(label: string | undefined): number | undefined {
  if (label === '+Inf' || label === 'Inf') return Number.POSITIVE_INFINITY;
  const bound = label === undefined || label.trim() === '' ? Number.NaN : Number(label);
  return Number.isFinite(bound) ? bound : undefined;
}

type Series = Extract<Answer, { kind: 'series' }>;

/** Looks at a number as stretches, one a look; what is not finite was not seen. */
export function stretchesOfSamples(
  { from, to, step }: RangeQuery,
  treatment: Series,
  control: Series | undefined,
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

const valuesAt = ({ points }: Series): ReadonlyMap<number, number> =>
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
