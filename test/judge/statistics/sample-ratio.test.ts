import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  sampleRatio,
  sampleRatioEvidence,
  sampleRatioOverTime,
} from '../../../src/judge/statistics/sample-ratio.ts';
import { numbersIn, randomNumbers } from './numbers.ts';

const arms = (observed: readonly number[], weights: readonly number[]) =>
  observed.map((each, index) => ({ observed: each, weight: weights[index] ?? 0 }));

describe('one look at the split', () => {
  it.each([
    ['mismatch', [1000, 1200], [50, 50]],
    ['match', [1000, 1060], [50, 50]],
    ['match', [50, 950], [5, 95]],
    ['mismatch', [95, 905], [5, 95]],
    ['insufficient', [7, 8], [50, 50]],
    ['match', [8, 8], [50, 50]],
    // Enough in all, but too few to be expected of the smaller arm.
    ['insufficient', [20, 130], [5, 95]],
    ['insufficient', [100], [100]],
    ['insufficient', [0, 0], [50, 50]],
  ] as const)('%s: %o of %o', (kind, observed, weights) => {
    expect(sampleRatio(arms(observed, weights)).kind).toBe(kind);
  });

  it('gives 2.00786e-5 for 1000 and 1200 of 50/50', () => {
    expect(sampleRatio(arms([1000, 1200], [50, 50]))).toMatchObject({
      p: expect.closeTo(0.0000200786, 9),
      expected: [1100, 1100],
    });
  });

  it('does not count an arm without weight, whoever is in it', () => {
    const without = sampleRatio(arms([1000, 1060], [50, 50]));
    const withIt = sampleRatio(arms([1000, 77, 1060], [50, 0, 50]));
    expect(withIt).toEqual({ ...without, expected: [1030, 0, 1030] });
  });
});

describe('any number of looks at the split', () => {
  /** Users of two arms at so many an interval, each in the second with probability `share`. */
  const users = (seed: number, intervals: number, each: number, share: number) => {
    const random = randomNumbers(seed);
    return Array.from({ length: intervals }, () => {
      const second = Array.from({ length: each }, random).filter((u) => u < share).length;
      return [each - second, second];
    });
  };
  const found = (intervals: readonly (readonly number[])[], alpha?: number) =>
    sampleRatioOverTime([50, 50], intervals, alpha).kind === 'mismatch';

  it('starts from no evidence', () => {
    expect(sampleRatioEvidence(arms([0, 0], [50, 50]))).toBeCloseTo(0, 12);
  });

  it('finds no fault in a fair split more often than promised', () => {
    // A thousand fair splits of 10,000 users, looked at after each hundred, at a rate of 5 %.
    const runs = 300;
    const alarms = Array.from({ length: runs }, (_, seed) =>
      found(users(seed, 100, 100, 0.5), 0.05),
    );
    expect(alarms.filter(Boolean).length / runs).toBeLessThanOrEqual(0.05);
  });

  it.each([
    ['a tenth of one arm lost', 0.4737, 20],
    ['a third lost', 0.4, 3],
    ['one arm only', 1, 1],
  ])('finds %s', (_, share, hundreds) => {
    const needed = users(9, 200, 100, share).findIndex((_, index, all) =>
      found(all.slice(0, index + 1)),
    );
    expect(needed).toBeGreaterThanOrEqual(0);
    expect(needed).toBeLessThan(hundreds * 5);
  });

  it('stays a mismatch once it was one', () => {
    const fair = users(2, 300, 100, 0.5);
    expect(found([[1000, 1300]])).toBe(true);
    expect(found([[1000, 1300], ...fair, [300, 0]])).toBe(true);
  });

  it('says the same of the same users in one interval or in many, if none of them stood out', () => {
    const intervals = users(4, 40, 50, 0.5);
    const sum = (arm: 0 | 1) => intervals.reduce((total, each) => total + (each[arm] ?? 0), 0);
    const now = sampleRatioEvidence(arms([sum(0), sum(1)], [50, 50]));
    const folded = sampleRatioOverTime([50, 50], intervals);
    expect(folded).toMatchObject({ kind: 'match' });
    expect(folded.kind === 'match' && -Math.log(folded.p)).toBeGreaterThanOrEqual(now);
  });

  it('does not depend on the unit of the weights, or on the order of the arms', () => {
    const counts = fc.array(fc.nat(100_000), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(
        counts,
        fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 5, maxLength: 5 }),
        (observed, weights) => {
          const here = sampleRatioEvidence(arms(observed, weights));
          const percent = arms(
            observed,
            weights.map((weight) => weight * 1000),
          );
          expect(sampleRatioEvidence(percent)).toBeCloseTo(here, 6);
          expect(sampleRatioEvidence(arms(observed, weights).toReversed())).toBeCloseTo(here, 6);
        },
      ),
    );
  });

  it('is never NaN', () => {
    const any = fc.array(fc.record({ weight: fc.double(), observed: fc.double() }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(any, (all) => {
        const over = sampleRatioOverTime(
          all.map(({ weight }) => weight),
          [all.map(({ observed }) => observed)],
        );
        expect(numbersIn([sampleRatio(all), over]).filter(Number.isNaN)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
