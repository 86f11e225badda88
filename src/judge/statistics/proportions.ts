import { criticalValue, normalPValues } from './distributions.ts';
import type { ConfidenceInterval, PValues } from './interval.ts';

/** How many of `total` had the event. Fractions are taken: a provider may extrapolate. */
export interface Counts {
  readonly events: number;
  readonly total: number;
}

/** Two proportions held against each other: B against A. */
export interface ProportionComparison {
  readonly kind: 'proportions';
  readonly rates: { readonly a: number; readonly b: number };
  readonly samples: { readonly a: number; readonly b: number };
  /** B − A: 0.01 is one percentage point. */
  readonly difference: number;
  readonly interval: ConfidenceInterval;
  readonly confidence: number;
  readonly z: number;
  readonly p: PValues;
  /** Cohen's h: the size of the difference, whatever the rates are. Above zero where B is above A. */
  readonly h: number;
}

/** What is less than a billionth of a sample is what rounding left of none. */
const LEAST = 1e-9;
const MOST = 1e140;

/** Counts that can be counts: no events of nothing, and no more events than samples. */
export function countsOf({ events, total }: Counts): Counts {
  const whole = total >= LEAST && total <= MOST ? total : 0;
  return { events: events >= LEAST ? Math.min(events, whole) : 0, total: whole };
}

/**
 * Wilson's score interval (Wilson, JASA 22, 1927): the rates p that a z-test against p would not
 * reject. Nothing counted is the whole of [0, 1].
 */
export function wilson(counts: Counts, confidence: number): ConfidenceInterval {
  const { events, total } = countsOf(counts);
  if (total === 0) return { low: 0, high: 1 };
  const z = criticalValue(confidence);
  const square = z * z;
  const spread = z * Math.sqrt((events / total) * (total - events) + square / 4);
  const upper = (hits: number): number => (hits + square / 2 + spread) / (total + square);
  // The ends are roots of one quadratic: their product is known, so that no digits are lost where
  // the lower is nearly zero.
  const high = Math.min(1, upper(events));
  const low = events === 0 ? 0 : ((events / total) * events) / (total + square) / high;
  return { low, high: events === total ? 1 : high };
}

/** Cohen's h = 2 asin√b − 2 asin√a (Cohen, Statistical Power Analysis, 1988, ch. 6). */
export const cohensH = (a: number, b: number): number =>
  2 * Math.asin(Math.sqrt(b)) - 2 * Math.asin(Math.sqrt(a));

/**
 * The z-test of two proportions with the pooled standard error, and Newcombe's interval for their
 * difference, made of two Wilson intervals (Newcombe, Statistics in Medicine 17, 1998, method 10):
 * it stays within [−1, 1], and is right at no events, where Wald's has no width.
 *
 * For a sample whose size was fixed beforehand. Looked at again and again it cries wolf.
 *
 * @returns `undefined` where an arm counted nothing
 */
export function compareProportions(
  armA: Counts,
  armB: Counts,
  confidence: number,
): ProportionComparison | undefined {
  const [a, b] = [countsOf(armA), countsOf(armB)];
  if (a.total === 0 || b.total === 0) return undefined;
  // Near one a double has fewer digits than near zero: there the others are counted instead.
  const mirrored = a.events + b.events > (a.total + b.total) / 2;
  const [one, two] = mirrored ? [othersOf(b), othersOf(a)] : [a, b];
  const z = pooledZ(one, two);
  return {
    kind: 'proportions',
    rates: { a: a.events / a.total, b: b.events / b.total },
    samples: { a: a.total, b: b.total },
    difference: rateOf(two) - rateOf(one),
    interval: newcombe(one, two, confidence),
    confidence,
    z,
    p: normalPValues(z),
    h: cohensH(rateOf(one), rateOf(two)),
  };
}

const rateOf = ({ events, total }: Counts): number => events / total;

const othersOf = ({ events, total }: Counts): Counts => ({ events: total - events, total });

function pooledZ(a: Counts, b: Counts): number {
  const events = a.events + b.events;
  const others = a.total - a.events + (b.total - b.events);
  // All or nothing in both arms: there is no difference, and no spread to measure one by.
  if (events === 0 || others === 0) return 0;
  const total = a.total + b.total;
  const variance = (events / total) * (others / total) * (1 / a.total + 1 / b.total);
  return (rateOf(b) - rateOf(a)) / Math.sqrt(variance);
}

function newcombe(a: Counts, b: Counts, confidence: number): ConfidenceInterval {
  const [rateA, rateB] = [rateOf(a), rateOf(b)];
  const [wilsonA, wilsonB] = [wilson(a, confidence), wilson(b, confidence)];
  const difference = rateB - rateA;
  return {
    low: difference - Math.hypot(rateB - wilsonB.low, wilsonA.high - rateA),
    high: difference + Math.hypot(wilsonB.high - rateB, rateA - wilsonA.low),
  };
}
