import { defined } from '../../defined.ts';
import type { Instant } from '../../time.ts';
import { boundsOf, halfWidth } from './bounds.ts';
import { ENOUGH, MEAN_WIDTH, type MeanState, meanOf, type Sums, varianceOf } from './mean.ts';
import type { ProportionState } from './proportion.ts';
import type { ArmColumns, ArmComparison, ArmTally, Bounds, Edge } from './spec.ts';

/** Both arms of a test since a moment, added up. */
export interface ArmTotals {
  readonly treatment: Sums;
  readonly control: Sums;
}

type State = ProportionState | MeanState;

/** What was counted since a moment. A proportion's events are a sum of ones. */
export function totalsSince(state: State, since: Instant): ArmTotals {
  return state.kind === 'mean' ? meansSince(state, since) : countsSince(state, since);
}

function countsSince({ history: { rows } }: ProportionState, since: Instant): ArmTotals {
  let first = rows.length;
  // Rows are in the order of time: from the newest back.
  while (first > 0 && (rows.from[first - 1] ?? 0) >= since) first -= 1;
  const armOf = ({ events, totals }: ArmColumns): Sums => {
    let [sum, count] = [0, 0];
    for (let place = first; place < rows.length; place += 1) {
      sum += events[place] ?? 0;
      count += totals[place] ?? 0;
    }
    return { count, sum, sumOfSquares: sum };
  };
  return { treatment: armOf(rows.treatment), control: armOf(rows.control) };
}

function meansSince({ history }: MeanState, since: Instant): ArmTotals {
  const treatment = { count: 0, sum: 0, sumOfSquares: 0 };
  const control = { count: 0, sum: 0, sumOfSquares: 0 };
  const at = (place: number): number => history[place] ?? 0;
  for (let row = history.length - MEAN_WIDTH; row >= 0 && at(row) >= since; row -= MEAN_WIDTH) {
    include(treatment, at(row + 1), at(row + 2), at(row + 3));
    include(control, at(row + 4), at(row + 5), at(row + 6));
  }
  return { treatment, control };
}

function include(sums: Sums, count: number, sum: number, sumOfSquares: number): void {
  sums.count += count;
  sums.sum += sum;
  sums.sumOfSquares += sumOfSquares;
}

/** The arms side by side. */
export function comparisonOf({ treatment, control }: ArmTotals, since: Instant): ArmComparison {
  const [t, c] = [tally(treatment), tally(control)];
  const difference = t && c && finite(t.value - c.value);
  const ratio = t && c && finite(ratioOf(t.value, c.value));
  return {
    since,
    ...(t && { treatment: t }),
    ...(c && { control: c }),
    ...defined({ difference, ratio }),
  };
}

const tally = (sums: Sums): ArmTally | undefined =>
  sums.count > 0 ? { samples: sums.count, value: meanOf(sums) } : undefined;

/** 1 and the relative change by control's size, so that more stays more below zero. */
const ratioOf = (treatment: number, control: number): number =>
  1 + (treatment - control) / Math.abs(control);

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/** Always-valid bounds of what the edge is about, over the entry that `totals` are of; none where nothing is known. */
export function boundsFor(state: State, totals: ArmTotals, confidence: number): Bounds | undefined {
  const alpha = 1 - confidence;
  const of = subjectOf(state.edge);
  // Two ways to the bounds, each valid at half of α: the narrower holds at α.
  const { factor } = (state.kind === 'mean' ? state : state.history).dispersion;
  const asymptotic = asymptoticBounds(state.kind, totals, of, factor, alpha / 2);
  const exact =
    state.kind === 'proportion' ? exactBounds(state, totals, of, factor, alpha / 2) : undefined;
  const width = (bounds?: Ends): number =>
    bounds === undefined ? Number.POSITIVE_INFINITY : bounds[1] - bounds[0];
  const narrower = width(asymptotic) < width(exact) ? asymptotic : exact;
  if (narrower === undefined || narrower.some(Number.isNaN)) return undefined;
  return { of, low: narrower[0], high: narrower[1], confidence };
}

type Ends = readonly [number, number];

function subjectOf(edge: Edge): Bounds['of'] {
  return edge.against === 'ratio' ? 'ratio' : edge.against === 'shift' ? 'difference' : 'value';
}

/** The asymptotic confidence sequence, once both arms have enough of everything. */
function asymptoticBounds(
  kind: State['kind'],
  { treatment: t, control: c }: ArmTotals,
  of: Bounds['of'],
  dispersion: number,
  alpha: number,
): Ends | undefined {
  const alone = of === 'value';
  if (!enough(kind, t) || !(alone || enough(kind, c))) return undefined;
  const [mT, mC] = [meanOf(t), meanOf(c)];
  const [vT, vC] = [(dispersion * varianceOf(t)) / t.count, (dispersion * varianceOf(c)) / c.count];
  const samples = alone ? t.count : t.count + c.count;
  const around = (estimate: number, variance: number): Ends => {
    const half = halfWidth(Math.sqrt(variance), samples, alpha, 2);
    return [estimate - half, estimate + half];
  };
  switch (of) {
    case 'value':
      return around(mT, vT);
    case 'difference':
      return around(mT - mC, vT + vC);
    case 'ratio':
      // The delta method; a product of means may be too large or too small for a number.
      return mC === 0
        ? undefined
        : around(ratioOf(mT, mC), vT / mC / mC + (vC / mC / mC) * (mT / mC) ** 2);
  }
}

/** Enough for a mean to be normal: of a proportion, events and others; of a mean, samples. */
function enough(kind: State['kind'], { count, sum }: Sums): boolean {
  return kind === 'mean' ? count >= ENOUGH : Math.min(sum, count - sum) >= ENOUGH;
}

/** Grid of the exact bounds: steps of a quarter in logarithms, from e⁻⁷ to e⁷. */
const STEP = 0.25;
const POINTS = 57;
const valueAt = (position: number): number => (position - (POINTS - 1) / 2) * STEP;
/** Into so many parts is an entry cut for its likelihood: what drifts, drifts between them. */
const PARTS = 48;

/** What is further below the best explains nothing: the likelihood is not asked about beyond it. */
const FAR = 40;

/** Bounds from the likelihood itself: of two arms given where events fell, of one by its odds. */
function exactBounds(
  state: ProportionState,
  { treatment, control }: ArmTotals,
  of: Bounds['of'],
  dispersion: number,
  alpha: number,
): Ends | undefined {
  if (treatment.count === 0) return undefined;
  if (of === 'value') {
    const { count, sum } = treatment;
    const likelihood = likelihoodAround(
      Math.log((sum + 0.5) / (count - sum + 0.5)),
      (odds) => (sum * odds - count * Math.log1p(Math.exp(odds))) / dispersion,
    );
    const [low, high] = boundsOf(likelihood, alpha);
    return [share(valueAt(low)), share(valueAt(high))];
  }
  if (control.count === 0) return undefined;
  const { own, events, sizes } = partsOf(state);
  const likelihood = likelihoodAround(
    Math.log((treatment.sum + 0.5) / treatment.count / ((control.sum + 0.5) / control.count)),
    (ratio) => {
      const times = Math.exp(ratio);
      let log = own * ratio;
      // Of n requests beside N, all but a constant of log(n·e^ratio + N).
      for (let part = 0; part < sizes.length; part += 1) {
        log -= (events[part] ?? 0) * Math.log1p(times * (sizes[part] ?? 0));
      }
      return log / dispersion;
    },
  );
  const [low, high] = boundsOf(likelihood, alpha).map((end) => Math.exp(valueAt(end)));
  if (low === undefined || high === undefined) return undefined;
  if (of === 'ratio') return [low, high];
  // The control is many times the treatment: its share is as good as known.
  const known = meanOf(control);
  return [known * (low - 1), Math.min(1, known * high) - known];
}

/** A concave log-likelihood on the grid, from a good guess outwards as far as it tells. */
function likelihoodAround(guess: number, logOf: (value: number) => number): Float64Array {
  const likelihood = new Float64Array(POINTS).fill(Number.NEGATIVE_INFINITY);
  const middle = Math.min(POINTS - 1, Math.max(0, Math.round(guess / STEP) + (POINTS - 1) / 2));
  let top = Number.NEGATIVE_INFINITY;
  const fill = (index: number): boolean => {
    const log = logOf(valueAt(index));
    likelihood[index] = log;
    top = Math.max(top, log);
    return log > top - FAR;
  };
  for (let index = middle; index < POINTS && fill(index); ) index += 1;
  for (let index = middle - 1; index >= 0 && fill(index); ) index -= 1;
  return likelihood;
}

const share = (odds: number): number => 1 / (1 + Math.exp(-odds));

/** What both arms had in common: the treatment's events, and in a few parts those of both and the treatment's size to control's. */
function partsOf({ history: { rows } }: ProportionState): {
  readonly own: number;
  readonly events: readonly number[];
  readonly sizes: readonly number[];
} {
  const { treatment, control } = rows;
  const each = Math.max(1, Math.ceil(rows.length / PARTS));
  const events: number[] = [];
  const sizes: number[] = [];
  let own = 0;
  for (let from = 0; from < rows.length; from += each) {
    let [x, y, n, N] = [0, 0, 0, 0];
    for (let place = from; place < from + each && place < rows.length; place += 1) {
      x += treatment.events[place] ?? 0;
      y += control.events[place] ?? 0;
      n += treatment.totals[place] ?? 0;
      N += control.totals[place] ?? 0;
    }
    if (n === 0 || N === 0) continue;
    own += x;
    events.push(x + y);
    sizes.push(n / N);
  }
  return { own, events, sizes };
}
