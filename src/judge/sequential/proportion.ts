import type { Instant } from '../../time.ts';
import { armPayout, type EdgePoint, edgePoint, stakeOn } from './bet.ts';
import { type Detector, isWorth, pay, spokenSince, startDetector, wager } from './detector.ts';
import { addPair, type Dispersion, settle, startDispersion } from './dispersion.ts';
import { oddsAlternatives } from './prior.ts';
import { addRow, type CountRows, makeRoom, startRows } from './rows.ts';
import type { Breach, CountsColumns, Edge, EventCounts, SampleSums, TestedEntry } from './spec.ts';

/** What was counted for a check, and what its control has taught: the same for all of its limits. */
export interface CountsHistory {
  readonly kind: 'proportion';
  readonly entry: TestedEntry;
  /** What is judged. */
  readonly rows: CountRows;
  readonly dispersion: Dispersion;
  /** The control so far, and its two newest blocks. */
  readonly control: { events: number; total: number };
  readonly block: { events: number; total: number };
  readonly before: { events: number; total: number };
  /** The control's odds, as finely as bets know them. */
  readonly odds: OddsStep;
}

/** A step of odds: where it begins, and where the next does. */
interface OddsStep {
  step: number;
  from: number;
  to: number;
}

/** A test of one limit, as far as it has been told. */
export interface ProportionState {
  readonly kind: 'proportion';
  readonly edge: Edge;
  readonly history: CountsHistory;
  /** Begun anew where the dispersion turns out to be another. */
  detector: Detector;
  allowed: number;
  /** How much of the history it has been told, and how much of it has been looked at for a breach. */
  told: number;
  looked: number;
  breach: Breach | undefined;
  readonly bets: Map<number, Bets | 'none'>;
  /** Those of the newest interval, and what it was like. */
  like: number;
  now: Bets | undefined;
  /** What the newest interval pays, by alternative, in logarithms. */
  readonly logs: Float64Array;
}

/** What is bet in all intervals that are alike in the control's odds and in how the arms are sized. */
interface Bets {
  readonly point: EdgePoint;
  /** By alternative: the stake, and what the treatment's requests and events pay. */
  readonly stakes: Float64Array;
  readonly perRequest: Float64Array;
  readonly perEvent: Float64Array;
}

/** A block of the control holds at least so many events, and so many others, as the past expects. */
const BLOCK = 5;
/** How finely the control's odds and the sizes of arms are known to the bets, in logarithms. */
const STEP = 0.25;

export function startCounts(entry: TestedEntry): CountsHistory {
  return {
    kind: 'proportion',
    entry,
    rows: startRows(),
    dispersion: startDispersion(),
    control: { events: 0, total: 0 },
    block: { events: 0, total: 0 },
    before: { events: 0, total: 0 },
    odds: { step: 0, from: 0, to: 0 },
  };
}

export function startProportion(history: CountsHistory, edge: Edge): ProportionState {
  const { from, planned } = history.entry;
  const alternatives = oddsAlternatives(edge.side);
  return {
    kind: 'proportion',
    edge,
    history,
    detector: startDetector(from, alternatives, planned),
    allowed: history.dispersion.factor,
    told: 0,
    looked: 0,
    breach: undefined,
    bets: new Map(),
    like: Number.NaN,
    now: undefined,
    logs: new Float64Array(alternatives.effects.length),
  };
}

/** Whether an arm was counted, in numbers, and no more than what they are out of; or was not there. */
export function usableCounts(
  arm: EventCounts | SampleSums | undefined,
): arm is EventCounts | undefined {
  if (arm === undefined) return true;
  return 'events' in arm && isUsable(arm.events, arm.total);
}

const isUsable = (events: number, total: number): boolean =>
  events >= 0 && events <= total && total <= MOST;

/** More samples than any arm has. */
const MOST = 1e15;

/**
 * Takes in an interval, for all limits of a check: it is kept, judged, and learnt from. What its
 * control teaches holds from the next on. An arm that was not there has counted nothing.
 */
export function addCounts(
  history: CountsHistory,
  from: Instant,
  to: Instant,
  treatment: EventCounts | undefined,
  control: EventCounts | undefined,
  tests: readonly ProportionState[],
): void {
  const [x, n] = [treatment?.events ?? 0, treatment?.total ?? 0];
  const [y, N] = [control?.events ?? 0, control?.total ?? 0];
  keep(history, from, to, x, n, y, N);
  for (const test of tests) hear(test, history.dispersion.factor);
  learn(history, y, N);
}

/**
 * Takes in a whole history: the same, but that tests hear of what was kept only when what their
 * control taught changes, and at the end.
 *
 * @returns how many intervals could not be used
 */
export function addColumns(
  history: CountsHistory,
  columns: CountsColumns,
  tests: readonly ProportionState[],
): number {
  const { dispersion, rows } = history;
  const { length, from, step, treatment, control, beside } = columns;
  let ignored = 0;
  makeRoom(rows, rows.length + length);
  for (let place = 0; place < length; place += 1) {
    const x = treatment.events[place] ?? 0;
    const n = treatment.totals[place] ?? 0;
    const y = place < beside ? (control.events[place] ?? 0) : 0;
    const N = place < beside ? (control.totals[place] ?? 0) : 0;
    if (!(isUsable(x, n) && isUsable(y, N))) {
      ignored += 1;
      continue;
    }
    const { factor } = dispersion;
    keep(history, from + place * step, from + (place + 1) * step, x, n, y, N);
    learn(history, y, N);
    if (dispersion.factor !== factor) for (const test of tests) hear(test, factor);
  }
  for (const test of tests) hear(test, dispersion.factor);
  return ignored;
}

/** Keeps an interval, if it is of the entry. */
function keep(
  history: CountsHistory,
  from: Instant,
  to: Instant,
  x: number,
  n: number,
  y: number,
  N: number,
): void {
  const { rows, entry } = history;
  if (from >= entry.from) addRow(rows, from, to, likeOf(history, n, N), x, n, y, N);
}

/**
 * Judges what a test has not been told yet, looking for a breach after each interval; all of the
 * entry anew where the dispersion turns out to be another than was allowed for, so that all of it is
 * held to what is known now.
 */
function hear(state: ProportionState, dispersion: number): void {
  const { rows, entry } = state.history;
  if (state.told === rows.length) return;
  if (dispersion !== state.allowed) {
    const { from, alternatives, planned } = state.detector;
    state.allowed = dispersion;
    state.bets.clear();
    state.like = Number.NaN;
    state.detector = startDetector(from, alternatives, planned);
    state.told = 0;
  }
  const { detector } = state;
  for (; state.told < rows.length; state.told += 1) {
    judge(state, state.told);
    if (state.told < state.looked || state.breach !== undefined) continue;
    if (!isWorth(detector, entry.alpha)) continue;
    state.breach = { at: rows.to[state.told] ?? 0, since: spokenSince(detector) };
  }
  state.looked = rows.length;
}

/** Lets the detector hear one interval. */
function judge(state: ProportionState, place: number): void {
  const { detector, allowed, logs } = state;
  const { rows } = state.history;
  wager(detector, rows.from[place] ?? 0);
  const n = rows.treatment.totals[place] ?? 0;
  if (n === 0) return;
  const x = rows.treatment.events[place] ?? 0;
  const y = rows.control.events[place] ?? 0;
  const N = rows.control.totals[place] ?? 0;
  const bets = betsFor(state, rows.like[place] ?? 0);
  if (bets === undefined) return;
  const { stakes, perRequest, perEvent } = bets;
  const { control, slope } = bets.point;
  const ratio = slope === 0 ? 0 : (slope * n) / N;
  for (let index = 0; index < stakes.length; index += 1) {
    let log = n * (perRequest[index] ?? 0) + x * (perEvent[index] ?? 0);
    if (ratio > 0) log += armPayout(-(stakes[index] ?? 0) * ratio, control, allowed, y, N);
    logs[index] = log;
  }
  const { treatment } = bets.point;
  pay(detector, logs, n * Math.min(treatment, 1 - treatment));
}

/**
 * Intervals are alike, and bet on alike, where the control's odds as known before and the sizes of
 * the arms are so. Odds come in steps, so that how the past was cut into intervals hardly tells;
 * nothing seen is taken for rare, where the share cancels out. Sizes are rounded up: no bet may be
 * bolder than the requests that it is on.
 */
function likeOf({ control, odds }: CountsHistory, n: number, N: number): number {
  const { events, total } = control;
  const step = total === 0 ? NOTHING : stepOf(odds, (events + 0.5) / (total - events + 0.5));
  const size = n > 0 && N > 0 ? Math.ceil(Math.log(n / N) / STEP) : ALONE;
  return step * WIDE + size;
}

/** The step that odds are on: mostly the newest, which spares their logarithm. */
function stepOf(newest: OddsStep, odds: number): number {
  if (odds < newest.from || odds >= newest.to) {
    newest.step = Math.round(Math.log(odds) / STEP);
    newest.from = Math.exp((newest.step - 0.5) * STEP);
    newest.to = Math.exp((newest.step + 0.5) * STEP);
  }
  return newest.step;
}

/** Tells steps of odds from steps of size in one number. */
const WIDE = 4_096;
const ALONE = WIDE / 2;
const NOTHING = -1_024;

/** The bets of an interval; none where it has no control to compare with, or nothing can be past the edge. */
function betsFor(state: ProportionState, like: number): Bets | undefined {
  if (state.like !== like) {
    let bets = state.bets.get(like);
    if (bets === undefined) {
      bets = makeBets(state, like) ?? 'none';
      state.bets.set(like, bets);
    }
    state.like = like;
    state.now = bets === 'none' ? undefined : bets;
  }
  return state.now;
}

function makeBets({ edge, detector, allowed }: ProportionState, like: number): Bets | undefined {
  const odds = Math.round(like / WIDE);
  const size = like - odds * WIDE;
  const point = edgePoint(edge, shareAt(odds));
  if (point === undefined || (point.slope > 0 && size === ALONE)) return undefined;
  const ratio = Math.exp(size * STEP);
  const { treatment } = point;
  const stakes = detector.alternatives.effects.map((effect) =>
    stakeOn(effect, point, ratio, allowed),
  );
  const perRequest = stakes.map((stake) => armPayout(stake, treatment, allowed, 0, 1));
  const perEvent = stakes.map(
    (stake, index) => armPayout(stake, treatment, allowed, 1, 1) - (perRequest[index] ?? 0),
  );
  return { point, stakes, perRequest, perEvent };
}

function shareAt(step: number): number {
  const odds = Math.exp(STEP * step);
  return odds / (1 + odds);
}

/** Takes in a control's interval: its share, and how unevenly its events fall. */
function learn(history: CountsHistory, events: number, total: number): void {
  const { control, block, before, dispersion } = history;
  const rarer = Math.min(control.events, control.total - control.events) + 0.5;
  const expected = BLOCK * (control.total + 1);
  control.events += events;
  control.total += total;
  block.events += events;
  block.total += total;
  if (block.total * rarer < expected) return;
  if (before.total > 0) addPair(dispersion, squaredDifference(before, block));
  // As long as nothing has been judged, it costs nothing to know better.
  settle(dispersion, history.rows.length === 0);
  before.events = block.events;
  before.total = block.total;
  block.events = 0;
  block.total = 0;
}

/** Pearson's χ² of a 2×2 table: 1 on average where samples are independent. */
function squaredDifference(a: EventCounts, b: EventCounts): number {
  const events = a.events + b.events;
  const total = a.total + b.total;
  const apart = a.events * b.total - b.events * a.total;
  const spread = a.total * b.total * events * (total - events);
  return spread > 0 ? (apart * apart * total) / spread : 0;
}
