import { type Detector, isWorth, pay, spokenSince, startDetector, wager } from './detector.ts';
import { addPair, type Dispersion, settle, startDispersion } from './dispersion.ts';
import { distanceAlternatives } from './prior.ts';
import type {
  Breach,
  CountedInterval,
  Edge,
  EventCounts,
  SampleSums,
  TestedEntry,
} from './spec.ts';

/** Count, sum and sum of squares of an arm; the squares are of distances from a fixed origin. */
export interface Sums {
  count: number;
  sum: number;
  sumOfSquares: number;
}

/** A test on means, as far as it has been told. */
export interface MeanState {
  readonly kind: 'mean';
  readonly entry: TestedEntry;
  readonly edge: Edge;
  readonly detector: Detector;
  breach: Breach | undefined;
  readonly dispersion: Dispersion;
  /** What was judged: from, then count, sum and sum of squares by arm. */
  readonly history: number[];
  /** All that was counted so far, and what waits until there is enough to call normal. */
  readonly treatment: Sums;
  readonly control: Sums;
  readonly waiting: { readonly treatment: Sums; readonly control: Sums };
  readonly before: Sums;
}

/** Numbers a row of history. */
export const MEAN_WIDTH = 7;
/** So many samples make a mean normal enough, on the whole of an arm and in one bet. */
export const ENOUGH = 50;

const nothing = (): Sums => ({ count: 0, sum: 0, sumOfSquares: 0 });

export function startMean(entry: TestedEntry, edge: Edge): MeanState {
  return {
    kind: 'mean',
    entry,
    edge,
    detector: startDetector(entry.from, distanceAlternatives(edge.side), entry.planned),
    breach: undefined,
    dispersion: startDispersion(),
    history: [],
    treatment: nothing(),
    control: nothing(),
    waiting: { treatment: nothing(), control: nothing() },
    before: nothing(),
  };
}

/** More than any metric measures: squares of it can still be added up. */
const LARGEST = 1e140;

/** Whether an arm's moments are numbers that some samples could have; or it was not there. */
export function usableMoments(
  arm: EventCounts | SampleSums | undefined,
): arm is SampleSums | undefined {
  if (arm === undefined) return true;
  if (!('count' in arm)) return false;
  const { count, sum, sumOfSquares } = arm;
  return (
    count >= 0 &&
    count <= 1e15 &&
    Math.abs(sum) <= LARGEST &&
    sumOfSquares >= 0 &&
    sumOfSquares <= LARGEST
  );
}

/**
 * Takes in an interval of two arms, or of one against a level.
 *
 * The wager on a distance of λ standard deviations σ past the edge pays exp(λσD/V − (λσ)²/2V), D
 * the treatment's mean less the edge's, V = φ(v_T/n_T + b²·v_C/n_C): the likelihood ratio of normal
 * means, which the means of many samples are (the mixture behind the asymptotic confidence
 * sequences of Waudby-Smith and others, arXiv 2103.06476, here over a grid). Variances are those of
 * the entry so far, so that an outlier weighs against itself. What one interval wins beyond e counts
 * once, not exponentially: costs have long tails, and one large order is no proof (1 + log z is what
 * a bet pays that is linear in the mean, whose expectation no tail can spoil).
 */
export function addMoments(state: MeanState, interval: CountedInterval<SampleSums>): void {
  const { entry, waiting } = state;
  const { from, to, treatment, control } = interval;
  if (control !== undefined) {
    include(state.control, control);
    compare(state, control);
  }
  if (from < entry.from) return;
  wager(state.detector, from);
  if (treatment !== undefined) {
    include(state.treatment, treatment);
    include(waiting.treatment, treatment);
  }
  if (control !== undefined) include(waiting.control, control);
  const row = [from, ...numbers(treatment), ...numbers(control)];
  for (const each of row) state.history.push(each);
  bet(state);
  const { detector } = state;
  if (state.breach !== undefined || !isWorth(detector, entry.alpha)) return;
  state.breach = { at: to, since: spokenSince(detector) };
}

const numbers = (moments?: SampleSums): readonly number[] =>
  moments ? [moments.count, moments.sum, moments.sumOfSquares] : [0, 0, 0];

function bet(state: MeanState): void {
  const { detector, waiting } = state;
  const against = state.edge.against;
  if (waiting.treatment.count < ENOUGH) return;
  if (against !== 'level' && waiting.control.count < ENOUGH) return;
  const { at, slope } = edgeOf(state, meanOf(waiting.control));
  const deviation = Math.sqrt(varianceOf(state.treatment));
  const variance =
    state.dispersion.factor *
    (varianceOf(state.treatment) / waiting.treatment.count +
      (slope === 0 ? 0 : (slope * slope * varianceOf(state.control)) / waiting.control.count));
  const distance = meanOf(waiting.treatment) - at;
  Object.assign(waiting.treatment, nothing());
  Object.assign(waiting.control, nothing());
  if (!(deviation > 0 && variance > 0)) return;
  const z = distance / Math.sqrt(variance);
  const scale = deviation / Math.sqrt(variance);
  const logs = detector.alternatives.effects.map((effect) => {
    // No interval is bet on for more than one of its standard errors.
    const stake = Math.sign(effect) * Math.min(1, Math.abs(effect) * scale);
    const won = stake * z;
    return (won > 1 ? 1 + Math.log(won) : won) - (stake * stake) / 2;
  });
  pay(detector, logs, Number.POSITIVE_INFINITY);
}

/** Where the edge lies for a control's mean, and how steeply it follows it. */
export function edgeOf(state: MeanState, control: number): { at: number; slope: number } {
  const { edge } = state;
  switch (edge.against) {
    case 'level':
      return { at: edge.level, slope: 0 };
    case 'shift':
      return { at: control + edge.by, slope: 1 };
    case 'ratio': {
      // The sign is the whole entry's: one odd interval must not turn the limit around.
      const slope = 1 + (edge.ratio - 1) * (state.control.sum < 0 ? -1 : 1);
      return { at: slope * control, slope };
    }
  }
}

export const meanOf = ({ count, sum }: SampleSums): number => (count > 0 ? sum / count : 0);

/** The sample variance; rounding must not take it below 0. */
export function varianceOf({ count, sum, sumOfSquares }: SampleSums): number {
  if (count < 2) return 0;
  const squares = sumOfSquares - (sum / count) * sum;
  // What is left of the squares after cancellation is rounding, not variance.
  return squares > 1e-12 * sumOfSquares ? squares / (count - 1) : 0;
}

function include(sums: Sums, { count, sum, sumOfSquares }: SampleSums): void {
  sums.count += count;
  sums.sum += sum;
  sums.sumOfSquares += sumOfSquares;
}

/** Compares a control's interval with the one before. */
function compare(state: MeanState, control: SampleSums): void {
  const { before } = state;
  if (control.count < ENOUGH / 10) return;
  const spread = varianceOf(state.control) * (1 / control.count + 1 / Math.max(1, before.count));
  if (before.count > 0 && spread > 0) {
    addPair(state.dispersion, (meanOf(control) - meanOf(before)) ** 2 / spread);
    settle(state.dispersion, true);
  }
  Object.assign(before, control);
}
