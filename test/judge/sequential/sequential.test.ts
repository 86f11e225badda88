import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOf } from '../../../src/judge/sequential/alpha.ts';
import { armPayout, edgePoint, payout, stakeOn } from '../../../src/judge/sequential/bet.ts';
import { pay, startDetector, wager, worthOf } from '../../../src/judge/sequential/detector.ts';
import { oddsAlternatives } from '../../../src/judge/sequential/prior.ts';
import {
  add,
  judgeAll,
  judgeIntervals,
  read,
  start,
} from '../../../src/judge/sequential/sequential.ts';
import type {
  CountedInterval,
  Edge,
  EventCounts,
  SampleSums,
  Spec,
} from '../../../src/judge/sequential/spec.ts';
import { HOUR, MINUTE } from '../../../src/time.ts';

const FIVE = 5 * MINUTE;

const spec = (over: Partial<Spec> = {}): Spec => ({
  metric: 'proportion',
  edge: { side: 'upper', against: 'ratio', ratio: 1.05 },
  alpha: 0.005,
  confidence: 0.95,
  from: 0,
  planned: 48 * HOUR,
  ...over,
});

type Four = readonly [x: number, n: number, y: number, N: number];

/** Five-minute intervals from some tick on. */
const counted = (rows: readonly Four[], first = 0): readonly CountedInterval<EventCounts>[] =>
  rows.map(([x, n, y, N], index) => ({
    from: (first + index) * FIVE,
    to: (first + index + 1) * FIVE,
    treatment: { events: x, total: n },
    control: { events: y, total: N },
  }));

/** A day of a control that fails five times in a thousand, each twelfth interval a little more. */
const DAY_BEFORE = counted(
  Array.from({ length: 288 }, (_, tick): Four => [0, 0, [4, 6, 5, 3, 7][tick % 5] ?? 5, 950]),
  -288,
).map(({ treatment: _, ...rest }) => rest);

const times = (count: number, row: Four): readonly Four[] =>
  Array.from({ length: count }, () => row);

describe('a rare event', () => {
  it('catches a canary whose first twenty requests all fail, on the first tick', () => {
    const reading = judgeIntervals(spec(), counted([[20, 20, 2, 380]]));
    expect(reading.verdict).toBe('breach');
    expect(reading.breach).toEqual({ at: FIVE, since: 0 });
  });

  it('lets one error in fifty requests pass', () => {
    const reading = judgeIntervals(spec(), [...DAY_BEFORE, ...counted([[1, 50, 5, 950]])]);
    expect(reading.verdict).toBe('undecided');
    expect(reading.logE).toBeLessThan(1.5);
  });

  it('does not dilute a regression late in a stage of a minute either', () => {
    const rows = [...times(15, [1, 250, 6, 750]), ...times(1, [60, 250, 6, 750])];
    const seconds = counted(rows).map((each) => ({
      ...each,
      from: each.from / 150,
      to: each.to / 150,
    }));
    const reading = judgeIntervals(spec({ planned: MINUTE }), seconds);
    expect(reading.breach).toEqual({ at: 32_000, since: 30_000 });
  });

  it('says since when it counts: two healthy days do not dilute a late regression', () => {
    const healthy: readonly Four[] = Array.from({ length: 576 }, (_, tick) => [
      tick % 4 === 0 ? 1 : 0,
      50,
      [4, 6, 5, 3, 7][tick % 5] ?? 5,
      950,
    ]);
    const late = counted(times(24, [2, 50, 5, 950]), 576);
    const reading = judgeIntervals(spec(), [...DAY_BEFORE, ...counted(healthy), ...late]);
    expect(reading.verdict).toBe('breach');
    expect((reading.breach?.since ?? 0) / HOUR).toBeGreaterThan(47);
    expect((reading.breach?.since ?? 0) / HOUR).toBeLessThan(49);
    expect(reading.entry.ratio).toBeLessThan(1.4);
    expect(reading.recent.ratio).toBeGreaterThan(5);
  });

  it('needs more from errors that come in clusters', () => {
    const calm = counted(times(12, [1, 50, 5, 950]));
    const bursts = DAY_BEFORE.map((interval, tick) => ({
      ...interval,
      control: { events: tick % 6 < 3 ? 0 : 10, total: 950 },
    }));
    const [steady, clustered] = [
      judgeIntervals(spec(), [...DAY_BEFORE, ...calm]),
      judgeIntervals(spec(), [...bursts, ...calm]),
    ];
    expect(steady.dispersion).toBe(1);
    expect(clustered.dispersion).toBeGreaterThan(2.5);
    expect(clustered.logE).toBeLessThan(steady.logE / 1.5);
  });
});

describe('a frequent event', () => {
  const conversions = (share: number): readonly CountedInterval<EventCounts>[] =>
    counted(
      Array.from({ length: 60 }, (_, tick): Four => {
        const wave = [0.98, 1, 1.02, 1][tick % 4] ?? 1;
        return [1000 * share * wave, 1000, 5700 * wave, 19000];
      }),
    );
  const dropped: Edge = { side: 'lower', against: 'ratio', ratio: 0.9 };

  it('breaches when conversion drops by more than it may', () => {
    expect(judgeIntervals(spec({ edge: dropped }), conversions(0.24)).verdict).toBe('breach');
  });

  it('is proven inside when it does not drop', () => {
    const reading = judgeIntervals(spec({ edge: dropped }), conversions(0.3));
    expect(reading.verdict).toBe('inside');
    expect(reading.interval?.low).toBeGreaterThan(0.9);
  });

  it('holds percentage points and levels in the same way', () => {
    const points: Edge = { side: 'lower', against: 'shift', by: -0.03 };
    const level: Edge = { side: 'lower', against: 'level', level: 0.27 };
    for (const edge of [points, level]) {
      expect(judgeIntervals(spec({ edge }), conversions(0.24)).verdict).toBe('breach');
      expect(judgeIntervals(spec({ edge }), conversions(0.3)).verdict).toBe('inside');
    }
  });
});

describe('a mean', () => {
  const moments = (count: number, mean: number, deviation: number, unit = 1): SampleSums => ({
    count,
    sum: count * mean * unit,
    sumOfSquares: count * (mean ** 2 + deviation ** 2) * unit ** 2,
  });
  const costs = (mean: number, unit = 1): readonly CountedInterval<SampleSums>[] =>
    Array.from({ length: 60 }, (_, tick) => {
      const wave = [-2, 1, 3, -1, -1][tick % 5] ?? 0;
      return {
        from: tick * FIVE,
        to: (tick + 1) * FIVE,
        treatment: moments(60, mean + wave, 40, unit),
        control: moments(1200, 100 - wave / 2, 40, unit),
      };
    });

  it('breaches past its margin, and is inside well within', () => {
    const dearer = spec({ metric: 'mean' });
    expect(judgeIntervals(dearer, costs(115)).verdict).toBe('breach');
    expect(judgeIntervals(dearer, costs(98)).verdict).toBe('inside');
    expect(judgeIntervals(dearer, costs(104)).verdict).toBe('undecided');
  });

  it('is the same in seconds and in milliseconds', () => {
    for (const mean of [98, 104, 112]) {
      const seconds = judgeIntervals(spec({ metric: 'mean' }), costs(mean));
      const milliseconds = judgeIntervals(spec({ metric: 'mean' }), costs(mean, 1000));
      expect(milliseconds.verdict).toBe(seconds.verdict);
      expect(milliseconds.logE).toBeCloseTo(seconds.logE, 6);
    }
  });

  it('means by "5 % more" below zero what it means above', () => {
    const losses = (mean: number) =>
      costs(mean).map((each) => ({
        ...each,
        control: moments(1200, -100, 40),
        treatment: moments(60, mean, 40),
      }));
    expect(judgeIntervals(spec({ metric: 'mean' }), losses(-80)).verdict).toBe('breach');
    expect(judgeIntervals(spec({ metric: 'mean' }), losses(-105)).verdict).toBe('inside');
  });
});

/** A row of counts in which the treatment may do anything. */
const row: fc.Arbitrary<Four> = fc
  .tuple(fc.nat(40), fc.nat(40), fc.nat(12), fc.nat(600))
  .map(([x, more, y, others]) => [x, x + more, y, y + others]);

describe('whatever is counted', () => {
  it('more errors never turn a breach into a pass, and a breach stays', () => {
    const rows = fc.array(row, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(rows, fc.nat(), fc.nat(20), (each, at, more) => {
        const index = at % each.length;
        const worse = each.map(([x, n, y, N], i): Four => {
          return i === index ? [Math.min(n, x + more), n, y, N] : [x, n, y, N];
        });
        const [before, after] = [start(spec()), start(spec())];
        let was = false;
        counted(each).forEach((interval, i) => {
          add(before, interval);
          add(after, counted(worse)[i] ?? interval);
          expect(read(after).logE).toBeGreaterThanOrEqual(read(before).logE - 1e-9);
          expect(was && read(before).verdict !== 'breach').toBe(false);
          was = read(before).verdict === 'breach';
        });
        if (was) expect(read(after).verdict).toBe('breach');
      }),
      { numRuns: 60 },
    );
  });

  it('is the same when an interval is cut in two between marks of the clock', () => {
    const halves = fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(5), fc.nat(5)), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(halves, (each) => {
        const whole = counted(each.map(([a, b, c, d]) => [a + b, 60, c + d, 1200]));
        const cut = whole.flatMap((interval, index) => {
          const [a = 0, b = 0, c = 0, d = 0] = each[index] ?? [];
          const middle = interval.from + 2 * MINUTE;
          const half = (from: number, to: number, part: number, x: number, y: number) => ({
            from,
            to,
            treatment: { events: x, total: 60 * part },
            control: { events: y, total: 1200 * part },
          });
          return [half(interval.from, middle, 0.4, a, c), half(middle, interval.to, 0.6, b, d)];
        });
        const one = judgeIntervals(spec(), [...DAY_BEFORE, ...whole]);
        const two = judgeIntervals(spec(), [...DAY_BEFORE, ...cut]);
        // What the control's blocks show of clusters is the one thing that hangs on the cut.
        fc.pre(one.dispersion === two.dispersion);
        expect(Math.abs(one.logE - two.logE)).toBeLessThan(0.05);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same whether a history comes in columns or interval by interval', () => {
    const count = (most: number) => fc.oneof(fc.nat(most), fc.constant(0));
    const row = fc.tuple(count(4), count(60), fc.oneof(count(8), count(200)), count(1200));
    const edges: readonly Edge[] = [
      { side: 'upper', against: 'ratio', ratio: 1.05 },
      { side: 'upper', against: 'level', level: 0.02 },
      { side: 'lower', against: 'shift', by: -0.01 },
    ];
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 200 }),
        fc.nat(60),
        fc.option(fc.nat(200), { nil: 1_000 }),
        (rows, before, beside) => {
          const { edge: _, ...entry } = spec();
          const one = judgeAll(
            entry,
            edges,
            counted(rows, -before).map(({ control, ...each }, place) =>
              place < beside && control ? { ...each, control } : each,
            ),
          );
          const column = (part: number) => Float64Array.from(rows, (each) => each[part] ?? 0);
          const other = judgeAll(entry, edges, {
            length: rows.length,
            from: -before * FIVE,
            step: FIVE,
            treatment: { events: column(0), totals: column(1) },
            control: { events: column(2), totals: column(3) },
            beside,
          });
          expect(other).toEqual(one);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('finite numbers neither throw nor come out as none', () => {
    const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(1000));
    const arm = fc.oneof(
      fc.record({ events: number, total: number }),
      fc.record({ count: number, sum: number, sumOfSquares: number }),
    );
    const option = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
    const interval = fc.record({
      from: fc.oneof(number, fc.integer({ min: -20, max: 600 })),
      length: fc.oneof(number, fc.nat(10)),
      treatment: option(arm),
      control: option(arm),
    });
    const side = fc.constantFrom('upper' as const, 'lower' as const);
    const edge: fc.Arbitrary<Edge> = fc.oneof(
      fc.record({ side, against: fc.constant('ratio' as const), ratio: number }),
      fc.record({ side, against: fc.constant('shift' as const), by: number }),
      fc.record({ side, against: fc.constant('level' as const), level: number }),
    );
    fc.assert(
      fc.property(
        edge,
        fc.constantFrom('proportion' as const, 'mean' as const),
        fc.array(interval, { maxLength: 12 }),
        (each, metric, intervals) => {
          const test = start(spec({ edge: each, metric }));
          for (const { from, length, treatment, control } of intervals) {
            add(test, {
              from,
              to: from + length,
              ...(treatment && { treatment }),
              ...(control && { control }),
            });
            const text = JSON.stringify(read(test), (_, value) =>
              typeof value === 'number' && Number.isNaN(value) ? 'none' : value,
            );
            expect(text).not.toContain('none');
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('leaves out what goes back in time or counts more events than requests', () => {
    const [one, two] = counted(times(2, [1, 50, 5, 950]));
    if (!one || !two) throw new Error('two intervals');
    const impossible = { ...two, treatment: { events: 51, total: 50 } };
    expect(judgeIntervals(spec(), [two, one, one, impossible]).ignored).toBe(3);
  });
});

describe('the promise', () => {
  it('costs what it pays: the expectation of a wager is at most 1 wherever the limit is kept', () => {
    const share = fc.double({ min: 0.001, max: 0.9, noNaN: true });
    const edges = fc.constantFrom<Edge>(
      { side: 'upper', against: 'ratio', ratio: 1.05 },
      { side: 'lower', against: 'ratio', ratio: 0.9 },
      { side: 'upper', against: 'shift', by: 0.01 },
      { side: 'lower', against: 'shift', by: -0.05 },
    );
    const sizes = fc.double({ min: 1, max: 1.285, noNaN: true });
    const arms = fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 4000 }));
    fc.assert(
      fc.property(
        edges,
        share,
        share,
        share,
        arms,
        sizes,
        (edge, told, pC, slack, [n, N], sized) => {
          const point = edgePoint(edge, told);
          fc.pre(point !== undefined);
          if (!point) return;
          const at = edge.against === 'shift' ? pC + edge.by : pC * point.slope;
          const pT = edge.side === 'upper' ? at * slack : at + (1 - at) * slack;
          fc.pre(pT >= 0 && pT <= 1);
          for (const effect of oddsAlternatives(edge.side).effects) {
            // Sized for up to a quarter more requests of the treatment than there are.
            const stake = stakeOn(effect, point, (sized * n) / N, 1);
            const expected = (u: number, at: number, p: number) =>
              Math.log(
                p * Math.exp(armPayout(u, at, 1, 1, 1)) +
                  (1 - p) * Math.exp(armPayout(u, at, 1, 0, 1)),
              );
            const log =
              n * expected(stake, point.treatment, pT) +
              N * expected((-stake * point.slope * n) / N, point.control, pC);
            expect(log).toBeLessThan(1e-9);
          }
        },
      ),
    );
  });

  it('is a martingale on the edge: all outcomes of four small intervals together pay 1', () => {
    const alternatives = oddsAlternatives('upper');
    const [n, N, p] = [2, 3, 0.3];
    const choose = (of: number, k: number): number =>
      k === 0 ? 1 : (choose(of, k - 1) * (of - k + 1)) / k;
    const chance = (of: number, k: number): number => choose(of, k) * p ** k * (1 - p) ** (of - k);
    const point = edgePoint({ side: 'upper', against: 'ratio', ratio: 1 }, p);
    if (!point) throw new Error('no edge');
    const stakes = alternatives.effects.map((effect) => stakeOn(effect, point, n / N, 1));
    let expected = 0;
    let reached = 0;
    const outcomes = 12;
    for (let code = 0; code < outcomes ** 4; code += 1) {
      const detector = startDetector(0, alternatives, HOUR);
      let probability = 1;
      let most = 0;
      for (let tick = 0; tick < 4; tick += 1) {
        const outcome = Math.floor(code / outcomes ** tick) % outcomes;
        const [x, y] = [outcome % 3, Math.floor(outcome / 3)];
        probability *= chance(n, x) * chance(N, y);
        wager(detector, tick * FIVE);
        pay(
          detector,
          stakes.map((stake) => payout(stake, point, 1, x, n, y, N)),
          1,
        );
        most = Math.max(most, worthOf(detector));
      }
      expected += probability * worthOf(detector);
      if (most >= 3) reached += probability;
    }
    expect(expected).toBeCloseTo(1, 9);
    expect(reached).toBeLessThanOrEqual(1 / 3);
    expect(reached).toBeGreaterThan(0);
  });

  it('spends α once, over all tests, stages and entries', () => {
    let spent = 0;
    for (let stage = 1; stage <= 6; stage += 1) {
      for (let entry = 1; entry <= 5_000; entry += 1) {
        spent += 5 * shareOf(0.05, { tests: 5, stage, stages: 6, entry });
      }
    }
    expect(spent).toBeLessThan(0.05);
    expect(spent).toBeGreaterThan(0.0499);
  });
});
