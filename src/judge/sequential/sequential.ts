import type { Instant } from '../../time.ts';
import { type Detector, spokenSince, worthOf } from './detector.ts';
import { factorOf } from './dispersion.ts';
import { addMoments, type MeanState, startMean, usableMoments } from './mean.ts';
import { addCounts, type ProportionState, startProportion, usableCounts } from './proportion.ts';
import { boundsFor, comparisonSince } from './report.ts';
import type { Bounds, Counts, Edge, Interval, Moments, Reading, Spec } from './spec.ts';

/** A test that is being told its intervals. Only `add` changes it. */
export interface SequentialTest {
  readonly spec: Spec;
  readonly state: ProportionState | MeanState;
  until: Instant;
  ignored: number;
  breach?: { readonly at: Instant; readonly since: Instant };
}

/** Begins a test of one limit in one entry. */
export function start(spec: Spec): SequentialTest {
  const state = spec.metric === 'mean' ? startMean(spec) : startProportion(spec);
  return { spec, state, until: Number.NEGATIVE_INFINITY, ignored: 0 };
}

/**
 * Tells a test the next interval, and returns the same test, changed. Intervals come in the order
 * of time; one that is not finite, goes back, or counts more events than totals is left out and
 * counted.
 *
 * A breach stays a breach: what has been proven of this entry remains so, at whichever moments one
 * looked. Whether it is still so is what `logE` and the recent comparison say.
 */
export function add(test: SequentialTest, interval: Interval): SequentialTest {
  const { state } = test;
  const { from, to } = interval;
  const inOrder = Number.isFinite(from) && Number.isFinite(to) && from < to && from >= test.until;
  const told = inOrder && (state.kind === 'mean' ? tellMean : tellProportion)(test, interval);
  if (!told) {
    test.ignored += 1;
    return test;
  }
  test.until = to;
  if (test.breach === undefined && Math.log(worthOf(state.detector)) >= needed(test.spec)) {
    test.breach = { at: to, since: spokenSince(state.detector) };
  }
  return test;
}

function tellProportion({ state }: SequentialTest, interval: Interval): boolean {
  if (state.kind !== 'proportion' || !areCounts(interval)) return false;
  const { treatment, control } = interval;
  if (treatment && !usableCounts(treatment)) return false;
  if (control && !usableCounts(control)) return false;
  addCounts(state, interval);
  return true;
}

function tellMean({ state }: SequentialTest, interval: Interval): boolean {
  if (state.kind !== 'mean' || !areMoments(interval)) return false;
  const { treatment, control } = interval;
  if (treatment && !usableMoments(treatment)) return false;
  if (control && !usableMoments(control)) return false;
  addMoments(state, interval);
  return true;
}

function areCounts(interval: Interval): interval is Interval<Counts> {
  const { treatment, control } = interval;
  return !(treatment && !('events' in treatment)) && !(control && !('events' in control));
}

function areMoments(interval: Interval): interval is Interval<Moments> {
  const { treatment, control } = interval;
  return !(treatment && !('count' in treatment)) && !(control && !('count' in control));
}

/** Whether a breach has been proven: all that a simulation has to ask. */
export const breached = (test: SequentialTest): boolean => test.breach !== undefined;

/** What a test says now. */
export function read(test: SequentialTest): Reading {
  const { spec, state, breach, ignored } = test;
  const detector: Detector = state.detector;
  const bounds = boundsFor(state);
  const inside = bounds !== undefined && isInside(spec.edge, bounds);
  return {
    verdict: breach ? 'breach' : inside ? 'inside' : 'undecided',
    logE: Math.log(worthOf(detector)),
    needed: needed(spec),
    alpha: spec.alpha,
    ...(breach && { breach }),
    entry: comparisonSince(state, spec.from),
    recent: comparisonSince(state, spokenSince(detector)),
    ...(bounds && { interval: bounds }),
    dispersion: factorOf(state.dispersion),
    ignored,
  };
}

/** Folds a whole history: what a tick does. */
export function judgeIntervals(spec: Spec, intervals: Iterable<Interval>): Reading {
  const test = start(spec);
  for (const interval of intervals) add(test, interval);
  return read(test);
}

const needed = ({ alpha }: Spec): number => -Math.log(alpha);

function isInside(edge: Edge, { low, high }: Bounds): boolean {
  const at =
    edge.against === 'ratio' ? edge.ratio : edge.against === 'shift' ? edge.by : edge.level;
  return edge.side === 'upper' ? high < at : low > at;
}
