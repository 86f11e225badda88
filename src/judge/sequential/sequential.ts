import type { Instant } from '../../time.ts';
import { spokenSince, worthOf } from './detector.ts';
import { addMoments, type MeanState, startMean, usableMoments } from './mean.ts';
import {
  addColumns,
  addCounts,
  type CountsHistory,
  type ProportionState,
  startCounts,
  startProportion,
  usableCounts,
} from './proportion.ts';
import { boundsFor, comparisonOf, totalsSince } from './report.ts';
import type {
  Bounds,
  CountedInterval,
  CountsColumns,
  Edge,
  Spec,
  TestedEntry,
  TestReading,
} from './spec.ts';

/** The tests of a check's limits in one entry, told the same intervals. Only `add` changes them. */
export interface Tests {
  readonly entry: TestedEntry;
  readonly told: Told;
  until: Instant;
  ignored: number;
}

/** Who is told, in the order of the edges: counts are kept once for all limits, means limit by limit. */
type Told =
  | {
      readonly kind: 'proportion';
      readonly history: CountsHistory;
      readonly each: readonly ProportionState[];
    }
  | { readonly kind: 'mean'; readonly each: readonly MeanState[] };

/** Begins a test of each limit of a check in one entry. */
export function startAll(entry: TestedEntry, edges: readonly Edge[]): Tests {
  return { entry, told: toldOf(entry, edges), until: Number.NEGATIVE_INFINITY, ignored: 0 };
}

/** Begins a test of one limit. */
export const start = ({ edge, ...entry }: Spec): Tests => startAll(entry, [edge]);

function toldOf(entry: TestedEntry, edges: readonly Edge[]): Told {
  if (entry.metric === 'mean') {
    return { kind: 'mean', each: edges.map((edge) => startMean(entry, edge)) };
  }
  const history = startCounts(entry);
  const each = edges.map((edge) => startProportion(history, edge));
  return { kind: 'proportion', history, each };
}

/**
 * Tells tests the next interval, and returns the same tests, changed. Intervals come in the order
 * of time; one that is not finite, goes back, or counts more events than totals is left out and
 * counted.
 *
 * A breach stays a breach: what has been proven of this entry remains so, at whichever moments one
 * looked. Whether it is still so is what `logE` and the recent comparison say.
 */
export function add(tests: Tests, interval: CountedInterval): Tests {
  const { from, to } = interval;
  const inOrder = Number.isFinite(from) && Number.isFinite(to) && from < to && from >= tests.until;
  if (inOrder && tell(tests.told, interval)) tests.until = to;
  else tests.ignored += 1;
  return tests;
}

/** Whether an interval could be used. */
function tell(told: Told, { from, to, treatment, control }: CountedInterval): boolean {
  if (told.kind === 'proportion') {
    if (!usableCounts(treatment) || !usableCounts(control)) return false;
    addCounts(told.history, from, to, treatment, control, told.each);
    return true;
  }
  if (!usableMoments(treatment) || !usableMoments(control)) return false;
  const moments = { from, to, ...(treatment && { treatment }), ...(control && { control }) };
  for (const each of told.each) addMoments(each, moments);
  return true;
}

/** Whether a breach of the limit at that place among the edges has been proven. */
export const isBreached = ({ told }: Tests, place: number): boolean =>
  told.each[place]?.breach !== undefined;

/** Whether a breach of any has been proven. */
export const breached = (tests: Tests): boolean =>
  tests.told.each.some((_, place) => isBreached(tests, place));

/** What the tests say now, in the order of their edges. */
export function readAll({ entry, told, ignored }: Tests): readonly TestReading[] {
  return told.each.map((state): TestReading => {
    const { breach, detector } = state;
    const since = spokenSince(detector);
    const totals = totalsSince(state, entry.from);
    const bounds = boundsFor(state, totals, entry.confidence);
    const inside = bounds !== undefined && isInside(state.edge, bounds);
    const { factor } = (state.kind === 'mean' ? state : state.history).dispersion;
    return {
      verdict: breach ? 'breach' : inside ? 'inside' : 'undecided',
      logE: Math.log(worthOf(detector)),
      needed: -Math.log(entry.alpha),
      alpha: entry.alpha,
      ...(breach && { breach }),
      entry: comparisonOf(totals, entry.from),
      recent: comparisonOf(totalsSince(state, since), since),
      ...(bounds && { interval: bounds }),
      dispersion: factor,
      ignored,
    };
  });
}

/** What the test of one limit says now. */
export function read(tests: Tests): TestReading {
  const [reading] = readAll(tests);
  if (reading === undefined) throw new Error('no limit is tested');
  return reading;
}

/** Folds a whole history for all limits of a check: what a tick does. */
export function judgeAll(
  entry: TestedEntry,
  edges: readonly Edge[],
  history: CountsColumns | Iterable<CountedInterval>,
): readonly TestReading[] {
  const tests = startAll(entry, edges);
  const { told } = tests;
  if (Symbol.iterator in history) {
    for (const interval of history) add(tests, interval);
  } else if (told.kind === 'proportion') {
    tests.ignored = addColumns(told.history, history, told.each);
  } else {
    throw new Error('counts are no means');
  }
  return readAll(tests);
}

/** Folds a whole history for one limit. */
export function judgeIntervals(
  { edge, ...entry }: Spec,
  intervals: Iterable<CountedInterval>,
): TestReading {
  const [reading] = judgeAll(entry, [edge], intervals);
  if (reading === undefined) throw new Error('no limit is tested');
  return reading;
}

function isInside(edge: Edge, { low, high }: Bounds): boolean {
  const at =
    edge.against === 'ratio' ? edge.ratio : edge.against === 'shift' ? edge.by : edge.level;
  return edge.side === 'upper' ? high < at : low > at;
}
