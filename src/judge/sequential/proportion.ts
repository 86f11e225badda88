import { type Bet, betOn, type EdgePoint, edgePoint, payout } from './bet.ts';
import { type Detector, pay, startDetector, wager } from './detector.ts';
import { addPair, type Dispersion, factorOf, startDispersion } from './dispersion.ts';
import { oddsAlternatives } from './prior.ts';
import type { Counts, Interval, Spec } from './spec.ts';

/** A test on proportions, as far as it has been told. */
export interface ProportionState {
  readonly kind: 'proportion';
  readonly spec: Spec;
  /** Rebuilt from the history when the dispersion turns out to be another. */
  detector: Detector;
  allowed: number;
  readonly dispersion: Dispersion;
  /** What was judged: from, the control's share as known before, then events and total by arm. */
  readonly history: number[];
  /** The control so far, and its two newest blocks. */
  readonly control: { events: number; total: number };
  readonly block: { events: number; total: number };
  readonly before: { events: number; total: number };
  readonly bets: { n: number; control: number; share: number; all: readonly Bet[] };
}

/** A block of the control holds at least so many events, and so many others, as the past expects. */
const BLOCK = 10;
/** How finely the control's share is known to the bets, in log odds. */
const STEP = 0.25;

export function startProportion(spec: Spec): ProportionState {
  const alternatives = oddsAlternatives(spec.edge.side);
  return {
    kind: 'proportion',
    spec,
    detector: startDetector(spec.from, alternatives, spec.planned),
    allowed: factorOf(startDispersion()),
    dispersion: startDispersion(),
    history: [],
    control: { events: 0, total: 0 },
    block: { events: 0, total: 0 },
    before: { events: 0, total: 0 },
    bets: { n: -1, control: -1, share: -1, all: [] },
  };
}

/** Whether counts are numbers, and not more than what they are out of. */
export function usableCounts({ events, total }: Counts): boolean {
  return events >= 0 && events <= total && total <= MOST;
}

/** More samples than any arm has. */
const MOST = 1e15;

export function addCounts(state: ProportionState, interval: Interval<Counts>): void {
  const { spec, history } = state;
  const { from, treatment, control } = interval;
  if (from >= spec.from) {
    const share = shareSoFar(state.control);
    const [x, n, y, N] = [
      treatment?.events ?? 0,
      treatment?.total ?? 0,
      control?.events ?? 0,
      control?.total ?? 0,
    ];
    history.push(from, share, x, n, y, N);
    judge(state, history.length - COUNT_WIDTH);
  }
  if (control !== undefined && learn(state, control)) allowFor(state);
}

/** Numbers a row of history. */
export const COUNT_WIDTH = 6;

/** Lets the detector hear one row of history. */
function judge(state: ProportionState, row: number): void {
  const { spec, detector, history } = state;
  const at = (column: number): number => history[row + column] ?? 0;
  wager(detector, at(0));
  const [share, x, n, y, N] = [at(1), at(2), at(3), at(4), at(5)];
  const point = edgePoint(spec.edge, share);
  if (point === undefined || n === 0) return;
  const compared = point.slope > 0;
  if (compared && N === 0) return;
  const bets = betsFor(state, point, n, N, share);
  for (let index = 0; index < bets.length; index += 1) {
    const bet = bets[index];
    if (bet === undefined) continue;
    const log = compared ? payout(bet, x, n, y, N) : payout(bet, x, n, 0, 0);
    pay(detector, index, log);
  }
}

/**
 * Judges the history anew where the dispersion turns out to be another than was allowed for: all of
 * the entry is held to what is known of it now. Steps keep that from happening at every interval.
 */
function allowFor(state: ProportionState): void {
  const factor = factorOf(state.dispersion);
  if (factor === state.allowed) return;
  const { spec, history } = state;
  state.allowed = factor;
  state.bets.n = -1;
  state.detector = startDetector(spec.from, state.detector.alternatives, spec.planned);
  for (let row = 0; row < history.length; row += COUNT_WIDTH) judge(state, row);
}

/** The bets of an interval; those of the one before where nothing about them has changed. */
function betsFor(
  state: ProportionState,
  point: EdgePoint,
  n: number,
  N: number,
  share: number,
): readonly Bet[] {
  const { bets, detector } = state;
  if (bets.n === n && bets.control === N && bets.share === share) return bets.all;
  const all = detector.alternatives.map(({ effect }) => betOn(effect, point, n, N, state.allowed));
  Object.assign(bets, { n, control: N, share, all });
  return all;
}

/**
 * The control's share before this interval, in steps of its odds, so that how its past was cut into
 * intervals hardly tells. Nothing seen is taken for rare, where the share cancels out.
 */
function shareSoFar({ events, total }: Counts): number {
  if (total === 0) return 0;
  const odds = (events + 0.5) / (total - events + 0.5);
  const rounded = Math.exp(STEP * Math.round(Math.log(odds) / STEP));
  return rounded / (1 + rounded);
}

/** Takes in a control's interval: its share, and how unevenly its events fall. */
function learn(state: ProportionState, { events, total }: Counts): boolean {
  const { control, block, before } = state;
  const share = (control.events + 0.5) / (control.total + 1);
  control.events += events;
  control.total += total;
  block.events += events;
  block.total += total;
  if (block.total * Math.min(share, 1 - share) < BLOCK) return false;
  const paired = before.total > 0;
  if (paired) addPair(state.dispersion, squaredDifference(before, block));
  before.events = block.events;
  before.total = block.total;
  block.events = 0;
  block.total = 0;
  return paired;
}

/** Pearson's χ² of a 2×2 table: 1 on average where samples are independent. */
function squaredDifference(a: Counts, b: Counts): number {
  const share = (a.events + b.events) / (a.total + b.total);
  const apart = a.events / a.total - b.events / b.total;
  const variance = share * (1 - share) * (1 / a.total + 1 / b.total);
  return variance > 0 ? (apart * apart) / variance : 0;
}
