import type { Counter } from '../metrics/provider.ts';
import type { Metric } from '../rollout/model.ts';
import type { Instant } from '../time.ts';
import { type Grid, growth, momentsOf } from './counts.ts';
import type { Counts, Interval, Moments } from './sequential/spec.ts';

/** The kinds of metric that a sequential test judges. */
export type Sequential = Extract<Metric['kind'], 'proportion' | 'mean'>;

/** One arm over a while: how many were counted, and the proportion or mean among them. */
export interface ArmTotal {
  readonly samples: number;
  readonly value: number;
}

type Arm = 'treatment' | 'control';

/**
 * What counters say of both arms, interval by interval. It stays in the columns that it was read in:
 * days of a check are thousands of intervals, and a tick judges thousands of checks.
 */
export interface Series {
  /** How many intervals there are. */
  readonly length: number;
  /** When one begins. */
  readonly from: (index: number) => Instant;
  /** All of one arm in some of them; `undefined` where nothing was counted. */
  readonly total: (arm: Arm, first?: number, end?: number) => ArmTotal | undefined;
  /**
   * The intervals, as a test is told them: each time the same object, with what it holds by then.
   * Whoever keeps one takes a copy.
   *
   * @param alone from this one on without the control: whoever still had it then is no arm
   */
  readonly intervals: (alone?: number) => Iterable<Interval>;
}

export function seriesOf(
  kind: Sequential,
  found: readonly (readonly Counter[])[],
  grid: Grid,
  width: number,
): Series {
  const grown = growth(found, grid);
  const read = kind === 'proportion' ? countsIn : momentsIn;
  const arms = { treatment: read(grown.slice(0, width)), control: read(grown.slice(width)) };
  const length = momentsOf(grid) - 1;
  const from = (index: number): Instant => grid.from + index * grid.step;
  return {
    length,
    from,
    total(arm, first = 0, end = length) {
      const { samples, sums } = arms[arm];
      const [count, sum] = [sumOf(samples, first, end), sumOf(sums, first, end)];
      return count > 0 ? { samples: count, value: sum / count } : undefined;
    },
    *intervals(alone = length) {
      const { treatment, control } = arms;
      const both = { from: 0, to: 0, treatment: treatment.tally, control: control.tally };
      const one = { from: 0, to: 0, treatment: treatment.tally };
      for (let index = 0; index < length; index += 1) {
        const interval = index < alone && grown.length > width ? both : one;
        interval.from = from(index);
        interval.to = from(index + 1);
        treatment.take(index);
        control.take(index);
        yield interval;
      }
    },
  };
}

/** One arm in columns, and its interval that was taken last. */
interface Columns {
  readonly samples: Float64Array;
  readonly sums: Float64Array;
  readonly tally: Counts | Moments;
  readonly take: (index: number) => void;
}

/** Nothing is known of the first moment: intervals are what came of the others. */
const column = (parts: readonly Float64Array[], part: number): Float64Array =>
  parts[part]?.subarray(1) ?? new Float64Array(0);

function countsIn(parts: readonly Float64Array[]): Columns {
  const events = column(parts, 0);
  // Two counters are read at one moment and counted at two: an event may be in before its total.
  const totals = column(parts, 1).map((total, index) => Math.max(total, events[index] ?? 0));
  const tally = { events: 0, total: 0 };
  return {
    samples: totals,
    sums: events,
    tally,
    take(index) {
      tally.events = events[index] ?? 0;
      tally.total = totals[index] ?? 0;
    },
  };
}

function momentsIn(parts: readonly Float64Array[]): Columns {
  const [counts, sums, squares] = [column(parts, 0), column(parts, 1), column(parts, 2)];
  const tally = { count: 0, sum: 0, sumOfSquares: 0 };
  return {
    samples: counts,
    sums,
    tally,
    take(index) {
      tally.count = counts[index] ?? 0;
      tally.sum = sums[index] ?? 0;
      tally.sumOfSquares = squares[index] ?? 0;
    },
  };
}

function sumOf(column: Float64Array, first: number, end: number): number {
  let sum = 0;
  for (let index = first; index < end; index += 1) sum += column[index] ?? 0;
  return sum;
}

/** The intervals of a series, each by itself. */
export function intervalsOf(
  kind: Sequential,
  found: readonly (readonly Counter[])[],
  grid: Grid,
  width: number,
): readonly Interval[] {
  return Array.from(
    seriesOf(kind, found, grid, width).intervals(),
    ({ treatment, control, ...when }) => ({
      ...when,
      ...(treatment && { treatment: { ...treatment } }),
      ...(control && { control: { ...control } }),
    }),
  );
}
