import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  chiSquareSf,
  normalSf,
  normalUpperQuantile,
} from '../../../src/judge/statistics/distributions.ts';
import { hodgesLehmann } from '../../../src/judge/statistics/hodges-lehmann.ts';
import { mannWhitney } from '../../../src/judge/statistics/mann-whitney.ts';
import { compareMeans, momentsOf, type Sums } from '../../../src/judge/statistics/means.ts';
import { percentile } from '../../../src/judge/statistics/percentile.ts';
import { compareProportions, wilson } from '../../../src/judge/statistics/proportions.ts';
import { sampleOf } from '../../../src/judge/statistics/sample.ts';
import { sampleRatio, sampleRatioEvidence } from '../../../src/judge/statistics/sample-ratio.ts';
import {
  detectableProportions,
  powerForProportions,
  samplesForProportions,
} from '../../../src/judge/statistics/sample-size.ts';
import { studentTSf, studentTUpperQuantile } from '../../../src/judge/statistics/student-t.ts';

/** What SciPy, statsmodels and mpmath say: see test/judge/reference/statistics.py. */
const REFERENCE = readFileSync(new URL('../reference/statistics.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as { of: string; given: never; is: unknown });

/** Numbers in a fixed order; `null` where there must be none. */
type Numbers = readonly (number | null | undefined)[];

const counts = ([events, total]: readonly [number, number]) => ({ events, total });
const sums = ([count, sum, sumOfSquares]: readonly [number, number, number]): Sums => ({
  count,
  sum,
  sumOfSquares,
});
const arms = ({ observed, weights }: { observed: readonly number[]; weights: readonly number[] }) =>
  observed.map((each, index) => ({ observed: each, weight: weights[index] ?? 0 }));

type Pair = readonly [number, number];
interface Two {
  readonly a: Pair;
  readonly b: Pair;
  readonly confidence: number;
}
interface Values {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly confidence: number;
}
interface Planned {
  readonly from: number;
  readonly to: number;
  readonly alpha: number;
  readonly power: number;
  readonly sides: 1 | 2;
  readonly ratio: number;
  readonly a: number;
  readonly b: number;
}
type Three = readonly [number, number, number];

/** What we say of the same, in the order of the reference. */
const OURS: Readonly<Record<string, (given: never) => Numbers>> = {
  'normal-sf': ({ z }: { z: number }) => [normalSf(z)],
  'normal-upper-quantile': ({ q }: { q: number }) => [normalUpperQuantile(q)],
  'chi-square-sf': ({ x, degrees }: { x: number; degrees: number }) => [chiSquareSf(x, degrees)],
  't-sf': ({ t, degrees }: { t: number; degrees: number }) => [studentTSf(t, degrees)],
  't-upper-quantile': ({ q, degrees }: { q: number; degrees: number }) => [
    studentTUpperQuantile(q, degrees),
  ],
  wilson: ({
    events,
    total,
    confidence,
  }: {
    events: number;
    total: number;
    confidence: number;
  }) => {
    const { low, high } = wilson({ events, total }, confidence);
    return [low, high];
  },
  proportions: ({ a, b, confidence }: Two) => {
    const it = compareProportions(counts(a), counts(b), confidence);
    const tested = it && { ...it.p, z: it.z };
    const all = a[0] + b[0];
    const test =
      all > 0 && all < a[1] + b[1]
        ? [tested?.z, tested?.twoSided, tested?.above, tested?.below]
        : [null];
    return [it?.interval.low, it?.interval.high, it?.h, ...test];
  },
  samples: ({ from, to, ...design }: Planned) => {
    const sizes = samplesForProportions(from, to, design);
    return [sizes?.a, sizes?.b];
  },
  power: ({ from, to, a, b, ...design }: Planned) => [
    powerForProportions(from, to, { a, b }, design),
  ],
  detectable: ({ from, a, b }: Planned) => {
    const found = detectableProportions(from, { a, b }, { alpha: 0.05, power: 0.8 });
    return [found.below ?? null, found.above ?? null];
  },
  means: ({ a, b, confidence }: { a: Three; b: Three; confidence: number }) => {
    const it = compareMeans(sums(a), sums(b), confidence);
    return [
      momentsOf(sums(a))?.variance,
      momentsOf(sums(b))?.variance,
      it?.interval.low,
      it?.interval.high,
      it?.degrees,
      it?.p.twoSided,
      it?.p.above,
      it?.p.below,
      it?.relative?.estimate,
      it?.relative?.interval.low,
      it?.relative?.interval.high,
    ];
  },
  'mann-whitney': ({ a, b }: Values) => {
    const it = mannWhitney(sampleOf(a), sampleOf(b));
    return [it?.u, it?.p.twoSided, it?.p.above, it?.p.below];
  },
  'hodges-lehmann': ({ a, b, confidence }: Values) => {
    const it = hodgesLehmann(sampleOf(a), sampleOf(b), confidence);
    return [it?.estimate, it?.interval.low, it?.interval.high];
  },
  percentile: ({ values, q }: { values: readonly number[]; q: number }) => [
    percentile(
      values.toSorted((x, y) => x - y),
      q,
    ),
  ],
  'sample-ratio': (given: Parameters<typeof arms>[0]) => {
    const it = sampleRatio(arms(given));
    return [it.kind === 'insufficient' ? undefined : it.p];
  },
  'sample-ratio-evidence': (given: Parameters<typeof arms>[0]) => [
    sampleRatioEvidence(arms(given)),
  ],
};

/** The numbers in a reference, in their order. */
function numbersIn(value: unknown): Numbers {
  if (value === null || typeof value === 'number') return [value];
  return Object.values(value as object).flatMap(numbersIn);
}

/** Of a number near zero the last digits are the rounding of what it is a difference of. */
const SMALLEST = 1e-6;

function distance(ours: number | null | undefined, theirs: number | null | undefined): number {
  if (typeof ours !== 'number' || typeof theirs !== 'number') {
    return ours === theirs ? 0 : Number.POSITIVE_INFINITY;
  }
  // Below 10⁻³⁰⁷ a double has fewer digits the smaller it is.
  if (Math.abs(ours - theirs) <= 2 * Number.MIN_VALUE) return 0;
  // A tail or a probability has all its digits, however small it is.
  const size =
    ours > 0 && Math.abs(theirs) < 1e-20 ? Math.abs(theirs) : Math.max(Math.abs(theirs), SMALLEST);
  const off = Math.abs(ours - theirs) / size;
  return Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
}

describe('the statistics agree with SciPy, statsmodels and fifty digits', () => {
  it.each(Object.keys(OURS))('%s', (of) => {
    const rows = REFERENCE.filter((row) => row.of === of);
    expect(rows.length).toBeGreaterThan(5);
    const worst = rows
      .map(({ given, is }) => {
        const [ours, theirs] = [OURS[of]?.(given) ?? [], numbersIn(is)];
        expect(ours.length, JSON.stringify(given)).toBe(theirs.length);
        return {
          off: Math.max(...ours.map((each, i) => distance(each, theirs[i]))),
          given,
          is,
          ours,
        };
      })
      .reduce((worse, row) => (row.off > worse.off ? row : worse));
    expect(worst.off, JSON.stringify(worst)).toBeLessThan(1e-9);
  });

  it('knows every statistic of the reference', () => {
    expect(Object.keys(OURS).sort()).toEqual([...new Set(REFERENCE.map(({ of }) => of))].sort());
  });
});
