import type { Counter, CountersQuery, Point } from '../model/measurement.ts';

/** A counter by the points at which it was seen, each on a moment that was asked about. */
export function counterOf(
  labels: Counter['labels'],
  points: readonly Point[],
  { from, step }: Pick<CountersQuery, 'from' | 'step'>,
): Counter {
  return {
    labels,
    places: Int32Array.from(points, ({ at }) => Math.round((at - from) / step)),
    values: Float64Array.from(points, ({ value }) => value),
  };
}
