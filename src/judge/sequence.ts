import type { Metric } from '../rollout/model.ts';
import type { Duration } from '../time.ts';
import type { Counted } from './counts.ts';
import type { Counts, Interval, Moments } from './sequential/spec.ts';

/** The kinds of metric that a sequential test judges. */
export type Sequential = Extract<Metric['kind'], 'proportion' | 'mean'>;

/** One arm over a while: how many were counted, and the proportion or mean among them. */
export interface ArmTotal {
  readonly samples: number;
  readonly value: number;
}

/** What was counted as the intervals that a test is told, arm by arm. */
export function intervalsOf(
  kind: Sequential,
  counted: readonly Counted[],
  width: number,
  step: Duration,
): readonly Interval[] {
  return counted.map(({ at, by }) => ({
    from: at - step,
    to: at,
    treatment: tallyOf(kind, by.slice(0, width)),
    ...(by.length > width ? { control: tallyOf(kind, by.slice(width)) } : {}),
  }));
}

function tallyOf(kind: Sequential, by: readonly number[]): Counts | Moments {
  const [first = 0, second = 0, third = 0] = by;
  return kind === 'proportion'
    ? // Two counters are read at one moment and counted at two: an event may be in before its total.
      { events: first, total: Math.max(first, second) }
    : { count: first, sum: second, sumOfSquares: third };
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
