import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPast, lookForShift } from '../../src/judge/distribution/shift.ts';
import { judge } from '../../src/judge/judge.ts';
import { questionsOf } from '../../src/judge/plan.ts';
import { countAtMost, quantileOfBuckets } from '../../src/judge/statistics/histogram.ts';
import type { Check } from '../../src/model/check.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { answerByCounts, answering } from '../support/answers.ts';
import { check, distribution, rollout, status } from '../support/builders.ts';
import type { CountedWhen } from '../support/counted.ts';
import { BUDGET, planFor } from '../support/measured.ts';
import { BOUNDS, type Requests, type SpreadWorld, service, spread } from '../support/spread.ts';
import { normalNumbers } from './statistics/numbers.ts';

const at = (name: string): Rollout =>
  rollout({ status: status({ phase: 'progressing', stage: name }) });

const HALF_MORE = { maxIncrease: { kind: 'relative', by: 0.5 } } as const;

const latency = (more: Partial<Check> = {}): Check =>
  check({ metric: distribution(), limits: HALF_MORE, minSamples: { count: 1000 }, ...more });

function inWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'pass':
      return verdict.proven ? 'pass, proven' : 'pass';
    case 'insufficient':
    case 'unavailable':
      return `${verdict.kind} ${verdict.reason}`;
    default:
      return `${verdict.kind} ${verdict.versusControl}${verdict.far ? ', far' : ''}`;
  }
}

interface Row {
  readonly when: string;
  readonly check?: Partial<Check>;
  readonly world: SpreadWorld;
  readonly stage?: string;
  readonly at?: CountedWhen;
  readonly verdict: string;
}

const CONTROL = service(1, 400);
const like = (slower = 1, from = 0) => service(2, 20, (minute) => (minute < from ? 1 : slower));

describe('a p99 of buckets', () => {
  it.each<Row>([
    {
      when: 'like control',
      world: { treatment: like(), control: CONTROL },
      verdict: 'pass, proven',
    },
    {
      when: 'five times control, within a quarter of an hour',
      world: { treatment: like(5), control: CONTROL },
      at: { age: 15 * MINUTE },
      verdict: 'breach worse, far',
    },
    {
      when: 'five times control since an hour, after a healthy day',
      world: { treatment: like(5, 24 * 60), control: CONTROL },
      at: { age: DAY + HOUR },
      verdict: 'breach worse, far',
    },
    {
      when: 'a little slower than control, but not past what is allowed',
      world: { treatment: like(1.2), control: CONTROL },
      verdict: 'pass',
    },
    {
      when: 'of three requests, all slow',
      world: { treatment: service(2, 0.2, () => 20), control: CONTROL },
      at: { age: 15 * MINUTE },
      verdict: 'insufficient too-few-samples',
    },
    {
      when: 'of nothing, where something was to be expected',
      world: { treatment: service(2, 0), control: CONTROL },
      verdict: 'insufficient silent-treatment',
    },
    {
      when: 'of nothing anywhere',
      world: { treatment: service(2, 0), control: service(1, 0) },
      verdict: 'insufficient no-traffic',
    },
    { when: 'of no counters', world: {}, verdict: 'insufficient no-data' },
    {
      when: 'above three seconds',
      check: { limits: { max: 3 } },
      world: { treatment: like(5), control: CONTROL },
      verdict: 'breach worse',
    },
    {
      when: 'below three seconds',
      check: { limits: { max: 3 } },
      world: { treatment: like(), control: CONTROL },
      verdict: 'pass, proven',
    },
    {
      when: 'above a second, as control is',
      check: { limits: { max: 1 } },
      world: { treatment: like(5), control: service(1, 400, () => 5) },
      verdict: 'breach shared, far',
    },
    {
      when: 'past three seconds in a cohort, whose control is not like it',
      stage: 'internal',
      check: { limits: { max: 3 } },
      world: { treatment: like(5), control: CONTROL },
      verdict: 'breach worse',
    },
    {
      when: 'relative in a cohort',
      stage: 'internal',
      world: { treatment: like(), control: CONTROL },
      verdict: 'insufficient no-control',
    },
    {
      when: 'against a week ago',
      check: { baseline: { kind: 'offset', by: 7 * DAY } },
      world: { treatment: like(5), control: CONTROL, history: CONTROL },
      verdict: 'breach worse, far',
    },
    {
      when: 'against the level of a week ago that it had then',
      check: { baseline: { kind: 'offset', by: 7 * DAY } },
      world: { treatment: like(), control: CONTROL, history: CONTROL },
      verdict: 'pass, proven',
    },
    {
      when: 'against a level that is known',
      check: { baseline: { kind: 'value', value: 1 } },
      world: { treatment: like(5), control: CONTROL },
      verdict: 'breach worse, far',
    },
    {
      when: 'that only warns',
      check: { limits: { max: 60 }, warn: HALF_MORE },
      world: { treatment: like(5), control: CONTROL },
      verdict: 'warn worse, far',
    },
    {
      when: 'whose limit lies where its histogram tells nothing any more',
      check: { limits: { max: 60 } },
      world: { treatment: like(200), control: CONTROL },
      verdict: 'insufficient beyond-buckets',
    },
    {
      when: 'that must be proven, and is not yet',
      check: { proof: true },
      world: { treatment: like(1.4), control: CONTROL },
      verdict: 'insufficient unproven',
    },
    {
      when: 'that is proven',
      check: { proof: true, limits: { maxRatio: 3 } },
      world: { treatment: service(2, 200), control: CONTROL },
      verdict: 'pass, proven',
    },
    {
      when: 'whose breach must last, and has not yet',
      check: { for: 2 * HOUR },
      world: { treatment: like(5, 100), control: CONTROL },
      verdict: 'insufficient over-limit-briefly',
    },
    {
      when: 'that must not fall, and has by half',
      check: { limits: { maxDecrease: { kind: 'relative', by: 0.1 } } },
      world: { treatment: service(2, 200, () => 0.4), control: CONTROL },
      verdict: 'breach worse',
    },
  ])('$when: $verdict', ({ check: more, world, stage = 'canary', at: when, verdict }) => {
    expect(inWords(spread(latency(more), world, at(stage), when))).toBe(verdict);
  });

  it('against the level pinned when everyone was about to be exposed', () => {
    const everyone = rollout({
      status: status({ phase: 'completed', stage: 'full', baseline: { 'latency-p99': 1 } }),
    });
    const judged = (slower: number) =>
      inWords(spread(latency(), { treatment: like(slower) }, everyone));
    expect([judged(1), judged(5)]).toEqual(['pass', 'breach unknown, far']);
  });

  it('of counters that have no bounds is none', () => {
    const metric = distribution();
    const plan = planFor(latency({ metric }), at('canary'));
    const answers = answering((question) =>
      answerByCounts(question, (_, part) => (part === 0 ? [{ count: () => 1 }] : [])),
    );
    expect(inWords(judge(plan, answers, at('canary'), BUDGET))).toBe('insufficient no-buckets');
  });

  it('whose provider cannot answer, or cannot for the history, is not judged', () => {
    const plan = planFor(latency({ baseline: { kind: 'offset', by: DAY } }), at('canary'));
    const [now, past] = questionsOf(plan);
    for (const missing of [now, past]) {
      const answers = answering((question) =>
        question === missing
          ? { kind: 'unavailable', reason: 'timeout', detail: 'no answer' }
          : { kind: 'buckets', found: [[], []], warnings: [] },
      );
      expect(inWords(judge(plan, answers, at('canary'), BUDGET))).toBe('unavailable timeout');
    }
  });

  it('tells the quantiles since the evidence counted, and how far apart the arms are', () => {
    const world = {
      treatment: service(2, 200, (minute) => (minute < 600 ? 1 : 5)),
      control: CONTROL,
    };
    const { evidence } = spread(
      latency({ metric: distribution({ quantile: 0.5 }) }),
      world,
      at('canary'),
      { age: 14 * HOUR },
    );
    expect(evidence.value).toBeGreaterThan(0.4);
    expect(evidence.control).toBeCloseTo(0.1, 1);
    expect(evidence.limits).toMatchObject([{ name: 'max_increase', over: true }]);
    const [tested] = evidence.tested ?? [];
    expect(tested).toMatchObject({ says: 'breach', of: 'difference' });
    expect(tested?.low).toBeGreaterThan(0.2);
    expect(tested?.confidence).toBeGreaterThan(0.99);
  });
});

describe('a number looked at over time', () => {
  const load = (more: Partial<Check> = {}): Check =>
    check({
      metric: distribution({
        quantile: 0.5,
        from: { kind: 'samples', query: 'load{v="{{variant}}"}' },
      }),
      limits: HALF_MORE,
      ...more,
    });
  /** One look a minute at what waves with the day and wavers from look to look. */
  const of = (seed: number, slower = 1, from = 0): Requests => {
    const normal = normalNumbers(seed);
    const noise = Array.from({ length: 2000 }, normal);
    return (minute) => {
      const wave = 1 + 0.3 * Math.sin((minute / 1440) * 2 * Math.PI);
      return [wave * (1 + 0.1 * (noise[minute] ?? 0)) * (minute < from ? 1 : slower)];
    };
  };

  it.each<Row>([
    { when: 'like control', world: { treatment: of(3), control: of(4) }, verdict: 'pass, proven' },
    {
      when: 'like control for a day',
      world: { treatment: of(3), control: of(4) },
      at: { age: DAY },
      verdict: 'pass, proven',
    },
    {
      when: 'twice control',
      world: { treatment: of(3, 2), control: of(4) },
      verdict: 'breach worse',
    },
    {
      when: 'three times control since eight hours',
      world: { treatment: of(3, 3, 600), control: of(4) },
      at: { age: 18 * HOUR },
      verdict: 'breach worse',
    },
    {
      when: 'that is always the same, in both arms',
      world: { treatment: () => [3], control: () => [3] },
      verdict: 'pass, proven',
    },
    {
      when: 'past an absolute limit where there is no control',
      stage: 'full',
      check: { limits: { max: 1.5 }, window: 5 * MINUTE },
      world: { treatment: of(3, 3) },
      at: { age: 12 * HOUR },
      verdict: 'breach unknown, far',
    },
    {
      when: 'looked at a few times',
      world: { treatment: of(3, 2), control: of(4) },
      at: { age: 10 * MINUTE },
      verdict: 'insufficient too-few-samples',
    },
    {
      when: 'that is never a number',
      world: { treatment: () => [Number.NaN], control: of(4) },
      at: { age: 30 * MINUTE },
      verdict: 'insufficient nan',
    },
    {
      when: 'that only control reports',
      world: { control: of(4) },
      verdict: 'insufficient silent-treatment',
    },
    { when: 'that nobody reports', world: {}, verdict: 'insufficient no-data' },
  ])('$when: $verdict', ({ check: more, world, stage = 'canary', at: when, verdict }) => {
    expect(inWords(spread(load(more), world, at(stage), when))).toBe(verdict);
  });
});

describe('what the shift between the arms says by itself', () => {
  const stretchesOf = (slower: (minute: number) => number) => {
    const [ours, theirs] = [service(5, 60, slower), service(6, 60)];
    const histogram = (times: readonly number[]) => ({
      kind: 'histogram' as const,
      buckets: BOUNDS.map((le) => ({ le, count: times.filter((time) => time <= le).length })),
    });
    return Array.from({ length: 8 * 60 }, (_, minute) => ({
      from: minute * MINUTE,
      to: (minute + 1) * MINUTE,
      treatment: histogram(ours(minute)),
      control: histogram(theirs(minute)),
    }));
  };
  const limit = { side: 'upper', allowed: (control: number) => 1.5 * control } as const;
  const past = (slower: (minute: number) => number, alpha = 0.01) =>
    lookForShift(stretchesOf(slower), limit, {
      quantile: 0.5,
      window: 10 * MINUTE,
      since: 0,
      alpha,
    })
      .filter((look) => isPast(limit, look))
      .map(({ from, to }) => [from / HOUR, to / HOUR]);

  it('is nothing where the arms are alike, or differ by less than is allowed', () => {
    expect(past(() => 1)).toEqual([]);
    expect(past(() => 1.3)).toEqual([]);
  });

  it('is a shift over the whole entry, or since it began', () => {
    expect(past(() => 2)).toContainEqual([0, 64 / 15]);
    expect(past((minute) => (minute < 6 * 60 ? 1 : 4)).length).toBeGreaterThan(0);
  });

  it('needs traffic: a median of two requests is none', () => {
    const thin = stretchesOf(() => 4).slice(0, 32);
    expect(
      lookForShift(
        thin.map((each) => ({ ...each, treatment: each.control })),
        limit,
        {
          quantile: 0.99,
          window: 10 * MINUTE,
          since: 0,
          alpha: 0.01,
        },
      ),
    ).toEqual([]);
  });
});

it('a quantile is above a limit exactly where more than its share are', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(
      counts,
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.double({ min: 0.01, max: 3.9, noNaN: true }),
      (by, q, limit) => {
        const buckets = [1, 2, 4].map((le, place) => ({
          le,
          count: by.slice(0, place + 1).reduce((sum, each) => sum + each, 0),
        }));
        const total = buckets.at(-1)?.count ?? 0;
        const level = quantileOfBuckets(q, buckets);
        if (level === undefined || Math.abs(level - limit) < 1e-9) return;
        const above = total - countAtMost(limit, buckets);
        if (Math.abs(above - (1 - q) * total) < 1e-9) return;
        expect(above > (1 - q) * total).toBe(level > limit);
      },
    ),
  );
});

describe('ticks for a day', () => {
  const ticks = (world: SpreadWorld, check: Check): number | undefined => {
    for (let age = 15 * MINUTE; age <= DAY; age += age < 2 * HOUR ? 15 * MINUTE : HOUR) {
      if (spread(check, world, at('canary'), { age }).kind === 'breach') return age / MINUTE;
    }
    return undefined;
  };

  it('calls none of the healthy a breach, and sees five times as slow within ninety minutes of two requests a minute', () => {
    const runs = [1, 2, 3].map((run) => {
      const control = service(100 + run, 40);
      return {
        healthy: ticks({ treatment: service(200 + run, 2), control }, latency()),
        five: ticks({ treatment: service(300 + run, 2, () => 5), control }, latency()) ?? Infinity,
      };
    });
    expect(runs.map(({ healthy }) => healthy)).toEqual([undefined, undefined, undefined]);
    expect(Math.max(...runs.map(({ five }) => five))).toBeLessThanOrEqual(90);
  });
});
