import type { Counter } from '../metrics/provider.ts';
import type { Metric } from '../rollout/model.ts';
import { type Grid, growth, momentsOf } from './counts.ts';
import type { Counts, Interval, Moments } from './sequential/spec.ts';

/** The kinds of metric that a sequential test judges. */
export type Sequential = Extract<Metric['kind'], 'proportion' | 'mean'>;

/** One arm over a while: how many were counted, and the proportion or mean among them. */
export interface ArmTotal {
  readonly samples: number;
  readonly value: number;
}

/** What counters say of both arms, as the intervals that a test is told. */
export function intervalsOf(
  kind: Sequential,
  found: readonly (readonly Counter[])[],
  grid: Grid,
  width: number,
): readonly Interval[] {
  const grown = growth(found, grid);
  const [own, beside] = [grown.slice(0, width), grown.slice(width)];
  const intervals: Interval[] = [];
  const { from, step } = grid;
  const moments = momentsOf(grid);
  for (let place = 1; place < moments; place += 1) {
    const to = from + place * step;
    const treatment = tallyOf(kind, own, place);
    intervals.push(
      beside.length > 0
        ? { from: to - step, to, treatment, control: tallyOf(kind, beside, place) }
        : { from: to - step, to, treatment },
    );
  }
  return intervals;
}

/** What the parts of one arm's query counted before a moment. */
function tallyOf(
  kind: Sequential,
  parts: readonly Float64Array[],
  place: number,
): Counts | Moments {
  const [one, two, three] = [
    parts[0]?.[place] ?? 0,
    parts[1]?.[place] ?? 0,
    parts[2]?.[place] ?? 0,
  ];
  return kind === 'proportion'
    ? // Two counters are read at one moment and counted at two: an event may be in before its total.
      { events: one, total: Math.max(one, two) }
    : { count: one, sum: two, sumOfSquares: three };
}

/** All of one arm; `undefined` where nothing was counted. */
export function totalOf(
  intervals: readonly Interval[],
  arm: 'treatment' | 'control',
): ArmTotal | undefined {
  let samples = 0;
  let sum = 0;
  for (const interval of intervals) {
    const tally = interval[arm];
    if (tally === undefined) continue;
    samples += 'total' in tally ? tally.total : tally.count;
    sum += 'total' in tally ? tally.events : tally.sum;
  }
  return samples > 0 ? { samples, value: sum / samples } : undefined;
}
