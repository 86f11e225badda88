import { defined } from '../defined.ts';
import {
  type BucketIncrements,
  type BucketsAnswer,
  type BucketsQuestion,
  type Grid,
  type Growth,
  type Increments,
  type IncrementsAnswer,
  type IncrementsQuestion,
  intervalCount,
} from '../model/measurement.ts';
import type { Counter } from './counter.ts';

/**
 * Answers a question about what was counted, for a provider that knows only how far its counters had
 * counted at each moment.
 *
 * A counter that falls was restarted and has counted from zero since, as in PromQL's `increase`.
 * Unlike there, nothing is extrapolated, and what a new counter has when it is first seen was
 * counted since the moment before: the first twenty failures of a new variant are twenty. Where
 * nothing at all was seen at the moment before, it was monitoring that was down, and how much of a
 * counter is new nobody can say.
 *
 * @param found the counters of each query of the question
 */
export function answerByCounters(
  question: IncrementsQuestion | BucketsQuestion,
  found: readonly (readonly Counter[])[],
): IncrementsAnswer | BucketsAnswer {
  const growthOf = (counters: readonly Counter[]) => compact(grow(counters, found, question));
  if (question.kind === 'increments') {
    const incrementsOf = (counters: readonly Counter[]): Increments => ({
      seen: counters.length > 0,
      ...(counters.some(isBroken) ? { broken: true } : {}),
      ...growthOf(counters),
    });
    return { kind: 'increments', found: found.map(incrementsOf), warnings: [] };
  }
  const bucketsOf = (counters: readonly Counter[]): readonly BucketIncrements[] =>
    [...byBound(counters)].map(([le, same]) => ({
      ...defined({ le }),
      ...growthOf(same),
    }));
  return { kind: 'buckets', found: found.map(bucketsOf), warnings: [] };
}

/** Whether the newest value is not a count: NaN, say, where a query divides by zero. */
const isBroken = ({ values }: Counter): boolean => {
  const newest = values.at(-1);
  return newest !== undefined && !isCount(newest);
};

/** No counter has counted less than nothing. */
const isCount = (value: number): boolean => value >= 0 && value < Number.POSITIVE_INFINITY;

/**
 * How much some counters grew together in each interval.
 *
 * @param beside all counters of the question: any that was seen is a sign that monitoring was up
 */
function grow(
  counters: readonly Counter[],
  beside: readonly (readonly Counter[])[],
  grid: Grid,
): Float64Array {
  const by = new Float64Array(intervalCount(grid));
  for (const { places, values } of counters) {
    let last = -1;
    for (let index = 0; index < places.length; index += 1) {
      const place = places[index] ?? 0;
      const value = values[index] ?? 0;
      if (!isCount(value)) continue;
      const before = last >= 0 ? last : isSeen(beside, place - 1) ? 0 : value;
      // An interval ends with its moment; how much was counted until the first nobody can say.
      const interval = place - 1;
      if (interval >= 0)
        by[interval] = (by[interval] ?? 0) + (value >= before ? value - before : value);
      last = value;
    }
  }
  return by;
}

/** Whether any counter was seen at a moment. */
function isSeen(found: readonly (readonly Counter[])[], place: number): boolean {
  const has = ({ places }: Counter): boolean => {
    let [low, high] = [0, places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle] ?? place) < place) low = middle + 1;
      else high = middle;
    }
    return places[low] === place;
  };
  return found.some((counters) => counters.some(has));
}

/** Only the intervals in which anything was counted: most have no error. */
function compact(column: Float64Array): Growth {
  let count = 0;
  for (const by of column) if (by !== 0) count += 1;
  const places = new Int32Array(count);
  const by = new Float64Array(count);
  let next = 0;
  for (let place = 0; place < column.length; place += 1) {
    const grown = column[place] ?? 0;
    if (grown === 0) continue;
    places[next] = place;
    by[next] = grown;
    next += 1;
  }
  return { places, by };
}

/** The counters of each bound; under `undefined` those that are of no bucket. */
function byBound(counters: readonly Counter[]): ReadonlyMap<number | undefined, Counter[]> {
  const bounds = new Map<number | undefined, Counter[]>();
  for (const counter of counters) {
    const le = boundOf(counter.le);
    bounds.set(le, [...(bounds.get(le) ?? []), counter]);
  }
  return bounds;
}

function boundOf(text: string | undefined): number | undefined {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  const bound = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(bound) ? bound : undefined;
}
