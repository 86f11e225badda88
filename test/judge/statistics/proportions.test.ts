import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareProportions, wilson } from '../../../src/judge/statistics/proportions.ts';
import {
  detectableMeans,
  detectableProportions,
  powerForMeans,
  powerForProportions,
  samplesForMeans,
  samplesForProportions,
} from '../../../src/judge/statistics/sample-size.ts';
import { numbersIn } from './numbers.ts';

const of = (events: number, total: number) => ({ events, total });
const DESIGN = { alpha: 0.05, power: 0.8 };

describe('two proportions', () => {
  it.each([
    [of(43, 50), of(44, 50), 0.7661989],
    [of(750, 1000), of(780, 1000), 0.1136204],
    [of(100, 10000), of(180, 10000), 1.473943e-6],
  ])('%o against %o: p %f', (a, b, p) => {
    const compared = compareProportions(a, b, 0.95);
    expect((compared?.p.twoSided ?? 0) / p).toBeCloseTo(1, 6);
    expect(compared?.p.above).toBeCloseTo(p / 2, 6);
  });

  it.each([
    ['none of either', of(0, 50), of(0, 80)],
    ['all of both', of(50, 50), of(80, 80)],
    ['one sample each, alike', of(1, 1), of(1, 1)],
  ])('%s are no different', (_, a, b) => {
    expect(compareProportions(a, b, 0.95)).toMatchObject({
      z: 0,
      difference: 0,
      p: { twoSided: 1 },
    });
  });

  it('has nothing to say of an arm that counted nothing', () => {
    expect(compareProportions(of(0, 0), of(3, 10), 0.95)).toBeUndefined();
  });

  it('takes counts that PromQL extrapolated: more events than samples are all of them', () => {
    expect(compareProportions(of(10.4, 10.1), of(-0.2, 9.7), 0.95)?.rates).toEqual({ a: 1, b: 0 });
  });

  it('keeps a p-value above zero however far the arms are apart', () => {
    expect(compareProportions(of(0, 1e9), of(1e9, 1e9), 0.95)?.p.twoSided).toBe(Number.MIN_VALUE);
  });
});

describe("Wilson's interval", () => {
  it('is 0.738 … 0.930 for 43 of 50', () => {
    const { low, high } = wilson(of(43, 50), 0.95);
    expect([low, high]).toEqual([expect.closeTo(0.73813806, 8), expect.closeTo(0.93049167, 8)]);
  });

  it('ends at 0 and 1 where nothing, or everything, was an event', () => {
    expect(wilson(of(0, 10), 0.95).low).toBe(0);
    expect(wilson(of(10, 10), 0.95).high).toBe(1);
    expect(wilson(of(0, 0), 0.95)).toEqual({ low: 0, high: 1 });
  });
});

describe('sample sizes', () => {
  it.each([
    [0.5, 0.52, 9806],
    [0.05, 0.1, 424],
    [0.2, 0.18, 6036],
  ])('from %f to %f takes %i an arm', (from, to, n) => {
    expect(samplesForProportions(from, to, DESIGN)).toEqual({ a: n, b: n });
  });

  it('has no size for no difference', () => {
    expect(samplesForProportions(0.2, 0.2, DESIGN)).toBeUndefined();
    expect(samplesForMeans(0, { a: 1, b: 1 }, DESIGN)).toBeUndefined();
  });

  it('asks more of control where the treatment is a small share', () => {
    const even = samplesForProportions(0.05, 0.1, DESIGN);
    const canary = samplesForProportions(0.05, 0.1, { ...DESIGN, ratio: 1 / 19 });
    expect(canary?.a).toBeGreaterThan(8 * (even?.a ?? 0));
    expect((canary?.a ?? 0) / (canary?.b ?? 0)).toBeCloseTo(19, 0);
  });

  it('of means: half a standard deviation takes 63 an arm', () => {
    // 2 ((1.959964 + 0.841621) / 0.5)² = 62.79; Cohen's t-test table has 64.
    expect(samplesForMeans(5, { a: 10, b: 10 }, DESIGN)).toEqual({ a: 63, b: 63 });
  });

  it('sees nothing in no samples but the false alarm', () => {
    expect(powerForProportions(0.1, 0.2, { a: 0, b: 10 }, DESIGN)).toBeCloseTo(0.05, 12);
    expect(powerForMeans(1, { a: 1, b: 1 }, { a: 0, b: 10 }, DESIGN)).toBeCloseTo(0.05, 12);
    expect(detectableProportions(0.1, { a: 0, b: 10 }, DESIGN)).toEqual({});
    expect(detectableMeans({ a: 1, b: 1 }, { a: 0, b: 1 }, DESIGN)).toBe(Number.POSITIVE_INFINITY);
  });

  it('reaches its power at its size and not at one less', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.constantFrom(0.7, 0.8, 0.9, 0.99),
        (from, to, power) => {
          fc.pre(Math.abs(from - to) > 1e-4);
          const size = samplesForProportions(from, to, { alpha: 0.05, power, sides: 1 });
          const n = size?.a ?? 0;
          const at = (each: number) =>
            powerForProportions(from, to, { a: each, b: each }, { alpha: 0.05, sides: 1 });
          expect(at(n)).toBeGreaterThanOrEqual(power - 1e-9);
          if (n > 3) expect(at(n - 1)).toBeLessThan(power);
        },
      ),
    );
  });

  it('detects with its power exactly what it says it can', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer({ min: 20, max: 1e7 }),
        fc.integer({ min: 20, max: 1e7 }),
        (from, a, b) => {
          const { below, above } = detectableProportions(from, { a, b }, DESIGN);
          for (const rate of [below, above]) {
            if (rate === undefined) continue;
            expect(powerForProportions(from, rate, { a, b }, { alpha: 0.05 })).toBeCloseTo(0.8, 4);
          }
        },
      ),
    );
  });
});

describe('whatever is counted', () => {
  const anyCounts = fc.record({
    events: fc.double({ noNaN: false }),
    total: fc.double({ noNaN: false }),
  });

  it('there is no NaN, and every p-value and rate is a probability', () => {
    fc.assert(
      fc.property(
        anyCounts,
        anyCounts,
        fc.constantFrom(0.5, 0.95, 1 - 1e-12),
        (a, b, confidence) => {
          const compared = compareProportions(a, b, confidence);
          expect(numbersIn([compared ?? [], wilson(a, confidence)]).filter(Number.isNaN)).toEqual(
            [],
          );
          for (const p of Object.values(compared?.p ?? {})) {
            expect(p).toBeGreaterThan(0);
            expect(p).toBeLessThanOrEqual(1);
          }
          expect(compared?.interval.low ?? 0).toBeGreaterThanOrEqual(-1 - 1e-12);
          expect(compared?.interval.high ?? 0).toBeLessThanOrEqual(1 + 1e-12);
        },
      ),
    );
  });

  it('one more event in B never makes it look better', () => {
    const arm = fc
      .integer({ min: 1, max: 5000 })
      .chain((total) => fc.record({ events: fc.nat(total), total: fc.constant(total) }));
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        fc.pre(b.events < b.total);
        const [now, then] = [b, { ...b, events: b.events + 1 }].map((each) =>
          compareProportions(a, each, 0.95),
        );
        expect(then?.p.above).toBeLessThanOrEqual((now?.p.above ?? 1) + 1e-12);
        expect(then?.interval.low).toBeGreaterThanOrEqual((now?.interval.low ?? -1) - 1e-12);
      }),
    );
  });

  it('mirrors: A against B is B against A', () => {
    const arm = fc
      .integer({ min: 1, max: 1e6 })
      .chain((total) => fc.record({ events: fc.nat(total), total: fc.constant(total) }));
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        const [there, back] = [compareProportions(a, b, 0.9), compareProportions(b, a, 0.9)];
        expect(there?.p.twoSided).toBe(back?.p.twoSided);
        expect(there?.interval.low).toBeCloseTo(-(back?.interval.high ?? 0), 12);
      }),
    );
  });
});
