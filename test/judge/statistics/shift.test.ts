import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantileOfBuckets, sampleOfBuckets } from '../../../src/judge/statistics/histogram.ts';
import { hodgesLehmann } from '../../../src/judge/statistics/hodges-lehmann.ts';
import { mannWhitney } from '../../../src/judge/statistics/mann-whitney.ts';
import { sampleOf, sampleOfWeighted } from '../../../src/judge/statistics/sample.ts';
import { judgeShift, type ShiftRule } from '../../../src/judge/statistics/shift-verdict.ts';
import { normalNumbers, numbersIn } from './numbers.ts';

const KAYENTA: ShiftRule = {
  confidence: 0.98,
  tolerance: 0.25,
  effect: { measure: 'mean-ratio', high: 1, low: 1 },
};
const HALF_MORE: ShiftRule = {
  ...KAYENTA,
  effect: { measure: 'mean-ratio', high: 1.5, low: 0.5 },
};

const CONTROL = [1, 2.2, 1.1, 2.5, 3];
const SLOW = [20, 22, 21, 25, 30];

const judged = (control: readonly number[], treatment: readonly number[], rule = KAYENTA) =>
  judgeShift(sampleOf(control), sampleOf(treatment), rule).kind;

describe('Mann–Whitney and Hodges–Lehmann', () => {
  it('say what R says of a treatment that is slower throughout', () => {
    const test = mannWhitney(sampleOf(CONTROL), sampleOf(SLOW));
    expect(test).toMatchObject({ u: 25, superiority: 1 });
    expect(test?.p.twoSided).toBeCloseTo(0.0121857804, 10);
    // R 4.2.2: wilcox.test(..., exact = FALSE, conf.int = TRUE, conf.level = 0.98), 17 and 29 to 10⁻⁴.
    expect(hodgesLehmann(sampleOf(CONTROL), sampleOf(SLOW), 0.98)).toMatchObject({
      estimate: 20,
      interval: { low: 17, high: 29 },
      reached: true,
    });
  });

  it('find no difference where all values are equal', () => {
    expect(mannWhitney(sampleOf([3, 3, 3]), sampleOf([3, 3]))).toMatchObject({
      z: 0,
      superiority: 0.5,
      p: { twoSided: 1 },
    });
  });

  it('have nothing to say of no values', () => {
    expect(mannWhitney(sampleOf([]), sampleOf([1]))).toBeUndefined();
    expect(hodgesLehmann(sampleOf([1]), sampleOf([Number.NaN]), 0.95)).toBeUndefined();
  });

  it('know when values are too few for the confidence', () => {
    const reached = (n: number) => {
      const values = Array.from({ length: n }, (_, index) => index);
      return hodgesLehmann(sampleOf(values), sampleOf(values), 0.98)?.reached;
    };
    // Four against four can be all on one side by chance in 2 of 70 orders: more than 2 %.
    expect([1, 4, 5, 50].map(reached)).toEqual([false, false, true, true]);
  });
});

const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
);
const values = fc.array(value, { minLength: 1, maxLength: 25 });
const points = fc.array(fc.record({ value, weight: fc.integer({ min: 1, max: 6 }) }), {
  minLength: 1,
  maxLength: 10,
});

describe('weighted values', () => {
  const expanded = (weighted: readonly { value: number; weight: number }[]) =>
    weighted.flatMap((point) => Array.from({ length: point.weight }, () => point.value));

  it('are what they would be written out', () => {
    fc.assert(
      fc.property(points, points, fc.constantFrom(0.5, 0.95, 0.98), (a, b, confidence) => {
        const [short, long] = [
          [sampleOfWeighted(a), sampleOfWeighted(b)] as const,
          [sampleOf(expanded(a)), sampleOf(expanded(b))] as const,
        ];
        expect(mannWhitney(...short)).toEqual(mannWhitney(...long));
        expect(hodgesLehmann(...short, confidence)).toEqual(hodgesLehmann(...long, confidence));
      }),
    );
  });

  it('give the median of all differences, which a list of all pairs gives too', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const pairs = b.flatMap((y) => a.map((x) => y - x)).sort((x, y) => x - y);
        const [below, above] = [
          pairs[Math.floor((pairs.length - 1) / 2)],
          pairs[Math.ceil((pairs.length - 1) / 2)],
        ];
        const shift = hodgesLehmann(sampleOf(a), sampleOf(b), 0.95);
        expect(shift?.estimate).toBeCloseTo(((below ?? 0) + (above ?? 0)) / 2, 9);
        for (const end of Object.values(shift?.interval ?? {})) expect(pairs).toContain(end || 0);
      }),
    );
  });

  it('may be a hundred thousand an arm', () => {
    const normal = normalNumbers(1);
    const many = (by: number) => sampleOf(Array.from({ length: 100_000 }, () => normal() + by));
    const [a, b] = [many(0), many(0.02)];
    const began = performance.now();
    const shift = hodgesLehmann(a, b, 0.98);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(shift?.interval.low).toBeGreaterThan(0);
    expect(shift?.estimate).toBeCloseTo(0.02, 2);
  });
});

describe('a shift is judged as Kayenta does', () => {
  const steady = [10, 11, 9, 10, 12, 10, 9, 11];
  it.each([
    ['high', 'slower throughout', CONTROL, SLOW],
    ['low', 'quicker throughout', SLOW, CONTROL],
    ['no-change', 'the same values', steady, steady],
    ['no-change', 'the same values in another order', steady, steady.toReversed()],
    ['no-change', 'constants that are equal', [5, 5, 5, 5, 5], [5, 5, 5, 5, 5]],
    ['high', 'constants that are not', [5, 5, 5, 5, 5], [6, 6, 6, 6, 6]],
    ['insufficient', 'one value against one', [5], [500]],
    ['insufficient', 'nothing against something', [], steady],
  ] as const)('%s: %s', (kind, _, control, treatment) => {
    expect(judged(control, treatment)).toBe(kind);
  });

  it('lets a slower treatment pass that is not slower than allowed', () => {
    const tenth = steady.map((each) => each * 1.4);
    expect(judged(steady, tenth)).toBe('high');
    expect(judged(steady, tenth, HALF_MORE)).toBe('no-change');
    expect(
      judged(
        steady,
        steady.map((each) => each * 1.6),
        HALF_MORE,
      ),
    ).toBe('high');
  });

  it('wants the interval well away from zero, by a quarter of the estimate', () => {
    const before = Array.from({ length: 200 }, (_, index) => index);
    const after = before.map((each) => each + 15);
    expect(judged(before, after, { ...KAYENTA, tolerance: 0 })).toBe('high');
    expect(judged(before, after)).toBe('no-change');
  });

  it('takes the common-language effect where asked', () => {
    const rule: ShiftRule = {
      ...KAYENTA,
      effect: { measure: 'common-language', high: 0.9, low: 0.1 },
    };
    expect(judged(CONTROL, SLOW, rule)).toBe('high');
    const slightly = Array.from({ length: 200 }, (_, index) => index + 30);
    const before = Array.from({ length: 200 }, (_, index) => index);
    expect(judged(before, slightly)).toBe('high');
    expect(judged(before, slightly, rule)).toBe('no-change');
  });

  it('goes by the interval alone where a mean is not above zero', () => {
    const zero = Array.from({ length: 8 }, () => 0);
    expect(judgeShift(sampleOf(zero), sampleOf(SLOW), HALF_MORE)).not.toHaveProperty('meanRatio');
    expect(judged(zero, SLOW, HALF_MORE)).toBe('high');
  });
});

describe('whatever the values', () => {
  const latency = fc.array(fc.double({ min: 1, max: 1e4, noNaN: true }), {
    minLength: 5,
    maxLength: 20,
  });

  it('the unit makes no difference', () => {
    fc.assert(
      fc.property(latency, latency, (control, treatment) => {
        const seconds = (each: number) => each / 1024;
        expect(judged(control.map(seconds), treatment.map(seconds), HALF_MORE)).toBe(
          judged(control, treatment, HALF_MORE),
        );
      }),
    );
  });

  it('their order makes no difference', () => {
    fc.assert(
      fc.property(latency, latency, (control, treatment) => {
        const sorted = (all: readonly number[]) => all.toSorted((x, y) => x - y);
        expect(judgeShift(sampleOf(sorted(control)), sampleOf(sorted(treatment)), KAYENTA)).toEqual(
          judgeShift(sampleOf(control), sampleOf(treatment), KAYENTA),
        );
      }),
    );
  });

  it('what is slower still is never judged better, nor is more of the same', () => {
    const rank = { low: 0, 'no-change': 1, insufficient: 1, high: 2 };
    fc.assert(
      fc.property(
        latency,
        latency,
        fc.double({ min: 0, max: 1e4, noNaN: true }),
        (control, treatment, more) => {
          const now = judged(control, treatment, HALF_MORE);
          const slower = judged(
            control,
            treatment.map((each) => each + more),
            HALF_MORE,
          );
          expect(rank[slower]).toBeGreaterThanOrEqual(rank[now]);
          if (now === 'high') {
            const twice = (all: readonly number[]) => [...all, ...all];
            expect(judged(twice(control), twice(treatment), HALF_MORE)).toBe('high');
          }
        },
      ),
    );
  });

  it('there is a verdict without NaN', () => {
    const any = fc.array(fc.double(), { maxLength: 8 });
    const bucket = fc.record({ le: fc.double(), count: fc.double() });
    const buckets = fc.array(bucket, { maxLength: 6 });
    fc.assert(
      fc.property(any, any, buckets, fc.double({ min: 0, max: 1 }), (a, b, histogram, q) => {
        const spread = sampleOfBuckets(histogram, 4);
        const weighted = sampleOfWeighted(
          histogram.map(({ le, count }) => ({ value: le, weight: count })),
        );
        const numbers = numbersIn([
          judgeShift(sampleOf(a), sampleOf(b), KAYENTA),
          judgeShift(sampleOf(a), spread, KAYENTA),
          judgeShift(weighted, spread, KAYENTA),
          judgeShift(weighted, weighted, KAYENTA),
          quantileOfBuckets(q, histogram) ?? 0,
        ]);
        expect(numbers.filter(Number.isNaN)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a histogram', () => {
  const LATENCY = [
    { le: 0.1, count: 50 },
    { le: 0.5, count: 80 },
    { le: 1, count: 98 },
    { le: Infinity, count: 100 },
  ];

  it.each([
    ['in the first bucket, from zero', 0.25, 0.05],
    ['at a bound', 0.5, 0.1],
    ['within a bucket', 0.65, 0.3],
    ['above the last finite bound, that bound', 0.99, 1],
  ])('has a quantile %s', (_, q, expected) => {
    expect(quantileOfBuckets(q, LATENCY)).toBeCloseTo(expected, 12);
  });

  it('has no quantile where nothing was counted, or only above every bound', () => {
    expect(
      quantileOfBuckets(0.5, [
        { le: 1, count: 0 },
        { le: Infinity, count: 0 },
      ]),
    ).toBeUndefined();
    expect(quantileOfBuckets(0.5, [{ le: Infinity, count: 9 }])).toBeUndefined();
  });

  it('is as many values in the middle of each bucket, or spread over it', () => {
    expect(sampleOfBuckets(LATENCY)).toEqual({
      values: [0.05, 0.3, 0.75, 1],
      weights: [50, 30, 18, 2],
      total: 100,
    });
    const spread = sampleOfBuckets(LATENCY, 10);
    expect(spread.values).toHaveLength(31);
    expect(spread.total).toBeCloseTo(100, 9);
  });

  it('shows a slower treatment', () => {
    const slower = LATENCY.map(({ le, count }, index) => ({
      le,
      count: index < 2 ? count / 2 : count,
    }));
    const [control, treatment] = [LATENCY, slower].map((each) => sampleOfBuckets(each, 10));
    expect(control && treatment && judgeShift(control, treatment, HALF_MORE)).toMatchObject({
      kind: 'high',
    });
  });
});
