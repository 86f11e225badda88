import type { ConfidenceInterval, PValues } from './interval.ts';

/** What a comparison of two arms has to say to be made segment by segment. */
export interface Compared {
  /** B − A. */
  readonly difference: number;
  readonly interval: ConfidenceInterval;
  readonly p: PValues;
}

/** Two arms, of everybody or of one segment. */
export interface Arms<T> {
  readonly a: T;
  readonly b: T;
}

export interface SegmentVerdict<C> {
  readonly name: string;
  /** None where an arm has too little in this segment. */
  readonly comparison?: C;
  readonly significant: boolean;
  /** Significantly the other way than the total: Simpson's paradox. */
  readonly opposed: boolean;
}

export interface SegmentsVerdict<C> {
  readonly total?: C;
  readonly segments: readonly SegmentVerdict<C>[];
  /** The confidence of each segment, so that all of them together have the one asked for. */
  readonly confidence: number;
  /** Whether a segment contradicts the total: then the total alone must not be believed. */
  readonly paradox: boolean;
}

/**
 * The same comparison for everybody and for each segment. The segments share the chance of a false
 * alarm equally (Bonferroni); the total keeps its own.
 */
export function compareSegments<T, C extends Compared>(
  total: Arms<T>,
  segments: readonly (Arms<T> & { readonly name: string })[],
  confidence: number,
  compare: (a: T, b: T, confidence: number) => C | undefined,
): SegmentsVerdict<C> {
  const alpha = (1 - confidence) / Math.max(1, segments.length);
  const whole = compare(total.a, total.b, confidence);
  const sign = Math.sign(whole?.difference ?? 0);
  const verdicts = segments.map(({ name, a, b }): SegmentVerdict<C> => {
    const comparison = compare(a, b, 1 - alpha);
    if (!comparison) return { name, significant: false, opposed: false };
    const significant = comparison.p.twoSided < alpha;
    const opposed = significant && sign * Math.sign(comparison.difference) < 0;
    return { name, comparison, significant, opposed };
  });
  return {
    ...(whole ? { total: whole } : {}),
    segments: verdicts,
    confidence: 1 - alpha,
    paradox: verdicts.some(({ opposed }) => opposed),
  };
}
