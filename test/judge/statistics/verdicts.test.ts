import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DriftRule, judgeDrift } from '../../../src/judge/statistics/drift.ts';
import {
  type ExperimentPlan,
  type ExperimentState,
  judgeExperiment,
  planMeans,
  planProportions,
} from '../../../src/judge/statistics/experiment.ts';
import { compareMeans } from '../../../src/judge/statistics/means.ts';
import { compareProportions } from '../../../src/judge/statistics/proportions.ts';
import { compareSegments } from '../../../src/judge/statistics/segments.ts';
import { judgeShadow, type ShadowState } from '../../../src/judge/statistics/shadow.ts';
import { DAY } from '../../../src/time.ts';
import { numbersIn } from './numbers.ts';

const of = (events: number, total: number) => ({ events, total });

describe('an experiment', () => {
  const PLAN: ExperimentPlan = { minEffect: 0.02, better: 'more', confidence: 0.95, power: 0.8 };
  const PLANNED = planProportions(0.5, PLAN) ?? { a: 0, b: 0 };
  const judged = (
    a: readonly [number, number],
    b: readonly [number, number],
    more: Partial<ExperimentState> & { plan?: Partial<ExperimentPlan> } = {},
  ) => {
    const { plan, ...state } = more;
    const comparison = compareProportions(of(...a), of(...b), PLAN.confidence);
    const whole = { elapsed: DAY, ...(comparison ? { comparison } : {}), ...state };
    const verdict = judgeExperiment({ ...PLAN, ...plan }, PLANNED, whole);
    return `${verdict.kind}: ${verdict.why}`;
  };
  const over = { elapsed: 7 * DAY, maxDuration: 7 * DAY };

  it('plans the size that sees the effect, whichever way takes more', () => {
    expect(PLANNED).toEqual({ a: 9806, b: 9806 });
    // From 5 % up to 7 % takes more than down to 3 %.
    expect(planProportions(0.05, PLAN)?.a).toBe(
      planProportions(0.05, { ...PLAN, better: 'less' })?.a,
    );
    expect(planProportions(0.5, { ...PLAN, minEffect: 0.6 })).toBeUndefined();
    expect(planMeans({ a: 10, b: 10 }, { ...PLAN, minEffect: 5 })).toEqual({ a: 63, b: 63 });
  });

  it.each([
    ['before its size, however clear', [500, 1000], [600, 1000], {}, 'collecting: too-few-samples'],
    ['one sample short in one arm', [4903, 9806], [5300, 9805], {}, 'collecting: too-few-samples'],
    ['at its size', [4903, 9806], [5300, 9806], {}, 'b-wins: significant'],
    ['at its size, the other way', [5300, 9806], [4903, 9806], {}, 'a-wins: significant'],
    [
      'where less is better',
      [4903, 9806],
      [5300, 9806],
      { plan: { better: 'less' } },
      'a-wins: significant',
    ],
    [
      'real, and too small to matter',
      [49000, 98060],
      [49900, 98060],
      {},
      'tie: smaller-than-matters',
    ],
    [
      'no difference that matters is left',
      [49000, 98060],
      [49010, 98060],
      {},
      'tie: within-margin',
    ],
    ['neither', [4903, 9806], [5040, 9806], {}, 'inconclusive: not-significant'],
    ['time is up, and it is clear', [500, 1000], [600, 1000], over, 'b-wins: significant'],
    ['time is up, and it is not', [500, 1000], [510, 1000], over, 'inconclusive: not-significant'],
    ['time is up, and nothing came', [0, 0], [0, 0], over, 'inconclusive: no-data'],
    ['nothing came yet', [0, 0], [5, 10], {}, 'collecting: too-few-samples'],
    [
      'early, and every look allowed for',
      [500, 1000],
      [620, 1000],
      { sequential: { low: 0.03, high: 0.2 } },
      'b-wins: early',
    ],
    [
      'early, worse',
      [620, 1000],
      [500, 1000],
      { sequential: { low: -0.2, high: -0.03 } },
      'a-wins: early',
    ],
    [
      'early, and only the fixed test would say so',
      [500, 1000],
      [620, 1000],
      { sequential: { low: -0.01, high: 0.25 } },
      'collecting: too-few-samples',
    ],
    [
      'early, real, but so far too small to matter',
      [2500, 5000],
      [2590, 5000],
      { sequential: { low: 0.001, high: 0.035 } },
      'collecting: too-few-samples',
    ],
    [
      'early, and nothing that matters is left',
      [2500, 5000],
      [2505, 5000],
      { sequential: { low: -0.015, high: 0.017 } },
      'tie: early',
    ],
  ] as const)('%s: %o against %o', (_, a, b, more, verdict) => {
    expect(judged(a, b, more)).toBe(verdict);
  });

  it('says how far it is, by the arm that has least', () => {
    const comparison = compareProportions(of(10, 4903), of(10, 9806), 0.95);
    const state = { elapsed: 0, ...(comparison ? { comparison } : {}) };
    expect(judgeExperiment(PLAN, PLANNED, state).progress).toBe(0.5);
  });

  it('never turns against B for one more success in B', () => {
    const rank: Record<string, number> = { 'a-wins': 0, tie: 1, inconclusive: 1, 'b-wins': 2 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9806 }), fc.integer({ min: 0, max: 9805 }), (a, b) => {
        const [now, then] = [b, b + 1].map(
          (each) => rank[judged([a, 9806], [each, 9806]).split(':')[0] ?? ''],
        );
        expect(then).toBeGreaterThanOrEqual(now ?? 9);
      }),
    );
  });
});

describe('a shadow', () => {
  const STATE: ShadowState = {
    agreement: of(950, 1000),
    errors: { control: of(5, 1000), shadow: of(6, 1000) },
    p95: { control: 200, shadow: 250 },
  };
  const errors = (control: number, shadow: number) => ({
    errors: { control: of(control, 1000), shadow: of(shadow, 1000) },
  });
  it.each([
    ['promote-to-canary', 'all is well', {}],
    ['insufficient-data', 'one sample short', { agreement: of(999, 999) }],
    ['insufficient-data', 'no samples at all', { agreement: of(0, 0) }],
    ['promote-to-canary', '85 % agree', { agreement: of(850, 1000) }],
    ['investigate-disagreement', 'fewer agree', { agreement: of(849, 1000) }],
    ['optimise-latency', 'half as slow again', { p95: { control: 200, shadow: 300 } }],
    ['insufficient-data', 'no latency', { p95: { control: Number.NaN, shadow: 300 } }],
    ['promote-to-canary', 'no latency to speak of', { p95: { control: 0, shadow: 0 } }],
    ['fix-errors', 'twice the errors', errors(20, 40)],
    ['insufficient-data', 'twice the errors, perhaps by chance', errors(5, 10)],
    ['promote-to-canary', 'one error against none', errors(0, 1)],
    ['fix-errors', 'five errors against none', errors(0, 5)],
    [
      'fix-errors',
      'everything is wrong',
      { ...errors(0, 500), agreement: of(0, 1000), p95: { control: 1, shadow: 9 } },
    ],
    [
      'investigate-disagreement',
      'wrong and slow',
      { agreement: of(0, 1000), p95: { control: 1, shadow: 9 } },
    ],
  ] as const)('%s: %s', (kind, _, more) => {
    expect(judgeShadow({ ...STATE, ...more }).kind).toBe(kind);
  });

  it('never looks better for one more error of its own', () => {
    const rank = ['fix-errors', 'insufficient-data', 'promote-to-canary'];
    fc.assert(
      fc.property(fc.nat(300), fc.nat(999), (control, shadow) => {
        const [now, then] = [shadow, shadow + 1].map((each) =>
          rank.indexOf(judgeShadow({ ...STATE, ...errors(control, each) }).kind),
        );
        expect(then).toBeLessThanOrEqual(now ?? -1);
      }),
    );
  });
});

describe('drift', () => {
  const QUALITY: DriftRule = { better: 'more', keep: 0.95, minPoints: 3 };
  const COST: DriftRule = { ...QUALITY, better: 'less' };
  it.each([
    ['steady', 0.9, [0.9, 0.88, 0.91], QUALITY],
    ['drift', 0.9, [0.85, 0.84, 0.8], QUALITY],
    ['steady', 0.9, [0.85, 0.856, 0.8], QUALITY],
    ['insufficient', 0.9, [0.1, 0.1], QUALITY],
    ['insufficient', 0.9, [0.1, 0.1, Number.NaN], QUALITY],
    ['steady', 0.9, [5, 5, 5], QUALITY],
    ['drift', 200, [211, 220, 230], COST],
    ['steady', 200, [209, 220, 230], COST],
    ['drift', -10, [-11, -11, -11], QUALITY],
    ['steady', -10, [-10.4, -11, -11], QUALITY],
  ] as const)('%s: pinned at %f, now %o', (kind, pinned, window, rule) => {
    expect(judgeDrift(pinned, window, rule).kind).toBe(kind);
  });
});

describe('segments', () => {
  const compared = (
    segments: readonly { name: string; a: [number, number]; b: [number, number] }[],
    total: { a: [number, number]; b: [number, number] },
  ) =>
    compareSegments(
      { a: of(...total.a), b: of(...total.b) },
      segments.map(({ name, a, b }) => ({ name, a: of(...a), b: of(...b) })),
      0.95,
      compareProportions,
    );

  it('contradict the total in the admissions of Berkeley in 1973', () => {
    // Bickel, Hammel & O'Connell, Science 187, 1975; women are B.
    const verdict = compared(
      [
        { name: 'A', a: [512, 825], b: [89, 108] },
        { name: 'B', a: [353, 560], b: [17, 25] }, // higher too, but that may be chance
        { name: 'C', a: [120, 325], b: [202, 593] },
      ],
      { a: [1198, 2691], b: [557, 1835] },
    );
    expect(verdict.total?.difference).toBeLessThan(0);
    expect(verdict.segments.map(({ name, opposed }) => [name, opposed])).toEqual([
      ['A', true],
      ['B', false],
      ['C', false],
    ]);
    expect(verdict.paradox).toBe(true);
  });

  it('must be the surer the more of them there are', () => {
    const one = { name: 'one', a: of(100, 1000), b: of(131, 1000) };
    const even = { name: 'even', a: of(100, 1000), b: of(100, 1000) };
    const total = { a: of(400, 4000), b: of(431, 4000) };
    const asked = (more: number) =>
      compareSegments(total, [one, ...Array(more).fill(even)], 0.95, compareProportions);
    expect(asked(0).segments[0]?.significant).toBe(true);
    expect(asked(9).segments[0]?.significant).toBe(false);
    expect(asked(9).confidence).toBeCloseTo(0.995, 12);
  });

  it('with nothing in an arm say nothing', () => {
    const verdict = compared([{ name: 'new', a: [0, 0], b: [5, 9] }], { a: [5, 9], b: [0, 9] });
    expect(verdict.segments).toEqual([{ name: 'new', significant: false, opposed: false }]);
    expect(verdict.paradox).toBe(false);
  });
});

describe('means', () => {
  const sums = (values: readonly number[]) => ({
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    sumOfSquares: values.reduce((sum, value) => sum + value * value, 0),
  });

  it("agree with Welch's test of two small samples", () => {
    // SciPy: ttest_ind([2, 4, 4, 5], [1, 2, 3], equal_var=False)
    const compared = compareMeans(sums([1, 2, 3]), sums([2, 4, 4, 5]), 0.95);
    expect(compared).toMatchObject({ difference: 1.75, means: { a: 2, b: 3.75 } });
    expect(compared?.p.twoSided).toBeCloseTo(0.0964839993, 9);
    expect(compared?.relative?.estimate).toBe(0.875);
  });

  it('find no sharp difference in what adding up a constant lost', () => {
    const tenths = { count: 1000, sum: 100, sumOfSquares: 10 };
    const lost = { ...tenths, sum: 100.00000000000001 };
    expect(compareMeans(tenths, lost, 0.95)?.p.twoSided).toBeGreaterThan(0.9);
  });

  it('have nothing to say of one value, and no ratio to zero', () => {
    expect(compareMeans(sums([1]), sums([1, 2]), 0.95)).toBeUndefined();
    expect(compareMeans(sums([-1, 1]), sums([1, 2]), 0.95)).not.toHaveProperty('relative');
  });

  it('do not depend on the unit', () => {
    const thousandths = fc.integer({ min: -1e9, max: 1e9 }).map((each) => each / 1000);
    const values = fc.array(thousandths, { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const scaled = (all: readonly number[]) => all.map((value) => value * 1024);
        const [here, there] = [
          compareMeans(sums(a), sums(b), 0.95),
          compareMeans(sums(scaled(a)), sums(scaled(b)), 0.95),
        ];
        expect(there?.p).toEqual(here?.p);
        expect(there?.relative?.interval).toEqual(here?.relative?.interval);
      }),
    );
  });

  it('are never NaN, whatever the sums', () => {
    const any = fc.record({ count: fc.double(), sum: fc.double(), sumOfSquares: fc.double() });
    const plausible = fc
      .array(fc.double({ min: -1e60, max: 1e60, noNaN: true }), { maxLength: 6 })
      .map(sums);
    fc.assert(
      fc.property(fc.oneof(any, plausible), fc.oneof(any, plausible), (a, b) => {
        const compared = compareMeans(a, b, 0.98);
        expect(numbersIn(compared).filter(Number.isNaN)).toEqual([]);
        for (const p of Object.values(compared?.p ?? {})) {
          expect(p).toBeGreaterThan(0);
          expect(p).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
