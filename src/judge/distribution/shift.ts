import { type Duration, type Instant, MINUTE } from '../../time.ts';
import { looksAt } from '../statistics/looks.ts';
import { sampleOf } from '../statistics/sample.ts';
import { judgeShift, type ShiftVerdict } from '../statistics/shift-verdict.ts';
import { armOf, quantileOf, type Spread, type Stretch, sizeOf } from './spread.ts';
import { lengthOfBlocks } from './stretches.ts';

/** A limit relative to the control beside, as a rule for a shift. */
export interface ShiftLimit {
  readonly side: 'upper' | 'lower';
  /** What the treatment's level may be where the control's is this: in the metric's unit. */
  readonly allowed: (control: number) => number;
}

/** What one look found, and when it looked. */
export interface ShiftLook {
  readonly from: Instant;
  readonly to: Instant;
  /** The mean of the control's levels. */
  readonly control: number;
  readonly verdict: ShiftVerdict;
}

/** The shortest look; the others are doublings of it. */
const FIRST: Duration = 16 * MINUTE;
/** Kayenta's: a shift must be clear by a quarter of itself. */
const TOLERANCE = 0.25;
/** A quantile of fewer requests on its far side than these says more of their number than of it. */
const BEYOND = 10;

/** The quantile of each block of an arm, with the moment it ended. */
interface Blocks {
  readonly treatment: readonly number[];
  readonly control: readonly number[];
}

/**
 * Looks whether the treatment has shifted against the control, past what is allowed: Mann–Whitney
 * and Hodges–Lehmann on the quantiles of blocks of time. Which windows are looked at follows from
 * the time since the entry began (`looksAt`), so that all looks together spend α.
 *
 * @returns the looks that said something, the longest last
 */
export function lookForShift(
  stretches: readonly Stretch[],
  limit: ShiftLimit,
  how: {
    readonly quantile: number;
    readonly window: Duration;
    readonly since: Instant;
    readonly alpha: number;
  },
): readonly ShiftLook[] {
  const last = stretches.at(-1);
  if (last === undefined) return [];
  const size = blockSize(stretches, how.quantile, how.window);
  const minutes = Math.floor((last.to - how.since) / MINUTE);
  return looksAt(minutes, FIRST / MINUTE, how.alpha).flatMap(({ from, to, alpha }): ShiftLook[] => {
    const [start, end] = [how.since + from * MINUTE, how.since + to * MINUTE];
    const inside = stretches.filter((each) => each.from >= start && each.to <= end);
    const { treatment, control } = quantilesOf(inside, size, how.quantile);
    const mean = control.reduce((sum, value) => sum + value / control.length, 0);
    // Of a level of nothing no multiple can be told: then the interval alone decides.
    const ratio = mean > 0 ? limit.allowed(mean) / mean : 1;
    const verdict = judgeShift(sampleOf(control), sampleOf(treatment), {
      confidence: 1 - alpha,
      tolerance: TOLERANCE,
      effect: { measure: 'mean-ratio', high: ratio, low: ratio },
    });
    return verdict.kind === 'insufficient'
      ? []
      : [{ from: start, to: end, control: mean, verdict }];
  });
}

/** Whether a look found the limit broken. */
export const isPast = ({ side }: ShiftLimit, { verdict }: ShiftLook): boolean =>
  verdict.kind === (side === 'upper' ? 'high' : 'low');

/** Whether a look shows the treatment to keep to the limit. */
export function isWithin({ side, allowed }: ShiftLimit, { control, verdict }: ShiftLook): boolean {
  const room = allowed(control) - control;
  const { low, high } = verdict.shift?.interval ?? { low: -Infinity, high: Infinity };
  return side === 'upper' ? high < room : low > room;
}

/** Looks at a number as values that stand for themselves: the medians of blocks. */
export function inBlocks(stretches: readonly Stretch[], window: Duration): readonly Stretch[] {
  const size = blockSize(stretches, MEDIAN, window);
  return Array.from({ length: Math.floor(stretches.length / size) }, (_, place): Stretch => {
    const block = stretches.slice(place * size, (place + 1) * size);
    const of = (arm: 'treatment' | 'control'): Spread => {
      const all = armOf(block, arm);
      const median = all && quantileOf(all, MEDIAN);
      return { kind: 'values', values: median === undefined ? [] : [median] };
    };
    return {
      from: block[0]?.from ?? 0,
      to: block.at(-1)?.to ?? 0,
      treatment: of('treatment'),
      ...(block.some(({ control }) => control) ? { control: of('control') } : {}),
    };
  });
}

const MEDIAN = 0.5;

/** So many stretches a block: enough to be independent, and to have a quantile. */
function blockSize(stretches: readonly Stretch[], quantile: number, window: Duration): number {
  const [first] = stretches;
  if (first === undefined) return 1;
  const levels = stretches.flatMap(
    ({ control }) => (control && quantileOf(control, quantile)) ?? [],
  );
  const apart = lengthOfBlocks(levels, window, first.to - first.from);
  if (first.treatment?.kind === 'values') return apart;
  const sizes = stretches.map(({ treatment }) => (treatment ? sizeOf(treatment) : 0));
  const usual = sizes.reduce((sum, size) => sum + size / sizes.length, 0);
  const enough = usual > 0 ? Math.ceil((2 * leastFor(quantile)) / usual) : stretches.length;
  return Math.max(apart, Math.min(enough, stretches.length));
}

const leastFor = (quantile: number): number => BEYOND / Math.min(quantile, 1 - quantile);

function quantilesOf(stretches: readonly Stretch[], size: number, quantile: number): Blocks {
  const treatment: number[] = [];
  const control: number[] = [];
  for (let at = 0; at + size <= stretches.length; at += size) {
    const block = stretches.slice(at, at + size);
    const [ours, theirs] = [armOf(block, 'treatment'), armOf(block, 'control')];
    const levels = [ours, theirs].map((arm) => levelOf(arm, quantile));
    if (levels[0] === undefined || levels[1] === undefined) continue;
    treatment.push(levels[0]);
    control.push(levels[1]);
  }
  return { treatment, control };
}

function levelOf(spread: Spread | undefined, quantile: number): number | undefined {
  if (spread === undefined) return undefined;
  if (spread.kind === 'histogram' && sizeOf(spread) < leastFor(quantile)) return undefined;
  return quantileOf(spread, quantile);
}
