import type { Metric } from '../../model/check.ts';
import { type Grid, type Increments, intervalCount } from '../../model/measurement.ts';
import type { Duration, Instant } from '../../time.ts';
import type {
  ArmColumns,
  CountedInterval,
  CountsColumns,
  EventCounts,
  SampleSums,
} from '../sequential/spec.ts';
import { type Reports, reportsOf } from '../silence.ts';
import { columnOf } from './intervals.ts';

/** The kinds of metric that a sequential test judges. */
export type Sequential = Extract<Metric['kind'], 'proportion' | 'mean'>;

/** One arm over a while: how many were counted, and the proportion or mean among them. */
export interface ArmTotal {
  readonly samples: number;
  readonly value: number;
}

type Arm = 'treatment' | 'control';

/**
 * What was counted in both arms, interval by interval. It stays in columns: days of a check are
 * thousands of intervals, and a tick judges thousands of checks.
 */
export interface Series {
  /** How many intervals there are. */
  readonly length: number;
  /** When one begins. */
  readonly from: (index: number) => Instant;
  /** All of one arm in some of them; `undefined` where nothing was counted. */
  readonly total: (arm: Arm, first?: number, end?: number) => ArmTotal | undefined;
  /** When an arm reported, from a start on. */
  readonly reports: (arm: Arm, start: Instant) => Reports;
  /** What an arm counted in each interval: samples and, of a proportion, events. */
  readonly columnsOf: (arm: Arm) => ArmColumns;
  /**
   * What a test is told: columns of counts, or the intervals of means.
   *
   * @param alone from this one on without the control: whoever still had it then is no arm
   */
  readonly history: (alone?: number) => CountsColumns | Iterable<CountedInterval>;
}

export function seriesOf(
  kind: Sequential,
  found: readonly Increments[],
  grid: Grid,
  width: number,
): Series {
  const columns = columnsOf(kind, found, grid, width);
  const { length } = columns;
  return {
    length,
    from: (place) => momentOf(columns, place),
    total(arm, first = 0, end = length) {
      const { samples, sums } = columns[arm];
      const [count, sum] = [sumOf(samples, first, end), sumOf(sums, first, end)];
      return count > 0 ? { samples: count, value: sum / count } : undefined;
    },
    reports: (arm, start) => reportsOf({ ...columns, samples: columns[arm].samples }, start),
    columnsOf: (arm) => ({ events: columns[arm].sums, totals: columns[arm].samples }),
    history(alone = length) {
      const told = { ...columns, beside: Math.min(columns.beside, alone) };
      return kind === 'proportion' ? countsIn(told) : intervalsIn(kind, told);
    },
  };
}

/** The intervals of a series, each by itself. */
export const intervalsOf = (
  kind: Sequential,
  found: readonly Increments[],
  grid: Grid,
  width: number,
): readonly CountedInterval[] => intervalsIn(kind, columnsOf(kind, found, grid, width));

/** What was counted for a kind of metric, in columns. */
interface Columns {
  readonly length: number;
  readonly from: Instant;
  readonly step: Duration;
  readonly treatment: ArmIn;
  readonly control: ArmIn;
  /** Up to this one the control is there. */
  readonly beside: number;
}

/** How many an arm counted, and the sum of what they are; of means, of its squares as well. */
interface ArmIn {
  readonly samples: Float64Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

function columnsOf(
  kind: Sequential,
  found: readonly Increments[],
  grid: Grid,
  width: number,
): Columns {
  const grown = found.map((part) => columnOf(part, grid));
  const armOf = (parts: readonly Float64Array[]): ArmIn => {
    const [first = NONE, second = NONE, squares = NONE] = parts;
    return kind === 'mean'
      ? { samples: first, sums: second, squares }
      : { samples: atLeast(first, second), sums: first, squares };
  };
  const length = intervalCount(grid);
  return {
    length,
    from: grid.from,
    step: grid.step,
    treatment: armOf(grown.slice(0, width)),
    control: armOf(grown.slice(width)),
    beside: grown.length > width ? length : 0,
  };
}

const momentOf = ({ from, step }: Pick<Columns, 'from' | 'step'>, place: number): Instant =>
  from + place * step;

const NONE = new Float64Array(0);

/**
 * Two counters are read at one moment and counted at two: an event may be in before its total, which
 * is raised to it.
 */
function atLeast(events: Float64Array, totals: Float64Array): Float64Array {
  for (let place = 0; place < totals.length; place += 1) {
    const event = events[place] ?? 0;
    if (event > (totals[place] ?? 0)) totals[place] = event;
  }
  return totals;
}

function countsIn({ treatment, control, ...when }: Columns): CountsColumns {
  const armOf = ({ samples, sums }: ArmIn): ArmColumns => ({ events: sums, totals: samples });
  return { ...when, treatment: armOf(treatment), control: armOf(control) };
}

function intervalsIn(kind: Sequential, columns: Columns): readonly CountedInterval[] {
  const { length, treatment, control, beside } = columns;
  const at = ({ samples, sums, squares }: ArmIn, place: number): EventCounts | SampleSums => {
    const [count, sum] = [samples[place] ?? 0, sums[place] ?? 0];
    return kind === 'mean'
      ? { count, sum, sumOfSquares: squares[place] ?? 0 }
      : { events: sum, total: count };
  };
  return Array.from({ length }, (_, place) => ({
    from: momentOf(columns, place),
    to: momentOf(columns, place + 1),
    treatment: at(treatment, place),
    ...(place < beside ? { control: at(control, place) } : {}),
  }));
}

function sumOf(column: Float64Array, first: number, end: number): number {
  let sum = 0;
  for (let place = first; place < end; place += 1) sum += column[place] ?? 0;
  return sum;
}
