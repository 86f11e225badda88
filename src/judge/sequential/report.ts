import type { Instant } from '../../time.ts';
import { boundsOf, halfWidth } from './bounds.ts';
import { factorOf } from './dispersion.ts';
import { ENOUGH, MEAN_WIDTH, type MeanState, meanOf, type Sums, varianceOf } from './mean.ts';
import { COUNT_WIDTH, type ProportionState } from './proportion.ts';
import type { Bounds, Comparison, Edge, Tally } from './spec.ts';

/** Both arms of a test since a moment, added up. */
export interface ArmTotals {
  readonly treatment: Sums;
  readonly control: Sums;
}

type State = ProportionState | MeanState;

/** What was counted since a moment. A proportion's events are a sum of ones. */
export function totalsSince(state: State, since: Instant): ArmTotals {
  const treatment = { count: 0, sum: 0, sumOfSquares: 0 };
  const control = { count: 0, sum: 0, sumOfSquares: 0 };
  const { history } = state;
  const width = state.kind === 'mean' ? MEAN_WIDTH : COUNT_WIDTH;
  for (let row = 0; row < history.length; row += width) {
    const at = (column: number): number => history[row + column] ?? 0;
    if (at(0) < since) continue;
    if (state.kind === 'mean') {
      include(treatment, at(1), at(2), at(3));
      include(control, at(4), at(5), at(6));
    } else {
      include(treatment, at(3), at(2), at(2));
      include(control, at(5), at(4), at(4));
    }
  }
  return { treatment, control };
}

function include(sums: Sums, count: number, sum: number, sumOfSquares: number): void {
  sums.count += count;
  sums.sum += sum;
  sums.sumOfSquares += sumOfSquares;
}

/** The arms side by side since a moment. */
export function comparisonSince(state: State, since: Instant): Comparison {
  const { treatment, control } = totalsSince(state, since);
  const [t, c] = [tally(treatment), tally(control)];
  const difference = t && c && finite(t.value - c.value);
  const ratio = t && c && finite(ratioOf(t.value, c.value));
  return {
    since,
    ...(t && { treatment: t }),
    ...(c && { control: c }),
    ...(difference === undefined ? {} : { difference }),
    ...(ratio === undefined ? {} : { ratio }),
  };
}

const tally = (sums: Sums): Tally | undefined =>
  sums.count > 0 ? { samples: sums.count, value: meanOf(sums) } : undefined;

/** 1 and the relative change by control's size, so that more stays more below zero. */
const ratioOf = (treatment: number, control: number): number =>
  1 + (treatment - control) / Math.abs(control);

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/** Always-valid bounds of what the edge is about, over the entry; none where nothing is known. */
export function boundsFor(state: State): Bounds | undefined {
  const { spec } = state;
  const alpha = 1 - spec.confidence;
  const totals = totalsSince(state, spec.from);
  const dispersion = factorOf(state.dispersion);
  const of = subjectOf(spec.edge);
  // Two ways to the bounds, each valid at half of α: the narrower holds at α.
  const asymptotic = asymptoticBounds(state.kind, totals, of, dispersion, alpha / 2);
  const exact =
    state.kind === 'proportion' ? exactBounds(state, totals, of, dispersion, alpha / 2) : undefined;
  const width = (bounds?: Ends): number =>
    bounds === undefined ? Number.POSITIVE_INFINITY : bounds[1] - bounds[0];
  const narrower = width(asymptotic) < width(exact) ? asymptotic : exact;
  if (narrower === undefined || narrower.some(Number.isNaN)) return undefined;
  return { of, low: narrower[0], high: narrower[1], confidence: spec.confidence };
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

/** Bounds from the likelihood itself: of two arms given where events fell, of one by its odds. */
function exactBounds(
  state: ProportionState,
  { treatment, control }: ArmTotals,
  of: Bounds['of'],
  dispersion: number,
  alpha: number,
): Ends | undefined {
  const likelihood = new Float64Array(POINTS);
  const fill = (of: (value: number) => number): void => {
    likelihood.forEach((_, index) => {
      likelihood[index] = (likelihood[index] ?? 0) + of(valueAt(index)) / dispersion;
    });
  };
  if (of === 'value') {
    if (treatment.count === 0) return undefined;
    fill((odds) => treatment.sum * odds - treatment.count * Math.log1p(Math.exp(odds)));
    const [low, high] = boundsOf(likelihood, alpha);
    return [share(valueAt(low)), share(valueAt(high))];
  }
  if (treatment.count === 0 || control.count === 0) return undefined;
  for (const [x, n, y, N] of partsOf(state)) {
    if (n > 0 && N > 0) fill((ratio) => x * ratio - (x + y) * Math.log(n * Math.exp(ratio) + N));
  }
  const [low, high] = boundsOf(likelihood, alpha).map((end) => Math.exp(valueAt(end)));
  if (low === undefined || high === undefined) return undefined;
  if (of === 'ratio') return [low, high];
  // The control is many times the treatment: its share is as good as known.
  const known = meanOf(control);
  return [known * (low - 1), Math.min(1, known * high) - known];
}

const share = (odds: number): number => 1 / (1 + Math.exp(-odds));

/** The history in a few parts: events and total of the treatment, and of the control. */
function partsOf(state: ProportionState): readonly (readonly [number, number, number, number])[] {
  const { history } = state;
  const rows = history.length / COUNT_WIDTH;
  const each = Math.max(1, Math.ceil(rows / PARTS));
  const parts: [number, number, number, number][] = [];
  for (let row = 0; row < rows; row += 1) {
    if (row % each === 0) parts.push([0, 0, 0, 0]);
    const part = parts.at(-1);
    if (part === undefined) continue;
    const at = (column: number): number => history[row * COUNT_WIDTH + column] ?? 0;
    part[0] += at(2);
    part[1] += at(3);
    part[2] += at(4);
    part[3] += at(5);
  }
  return parts;
}
