import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GaugePlan } from '../../src/judge/gauge/plan.ts';
import { type CheckPlan, planCheck, questionsOf } from '../../src/judge/plan.ts';
import type { Baseline } from '../../src/model/check.ts';
import { escapePromql } from '../../src/providers/prometheus/promql.ts';
import { DAY, type Duration, HOUR, MINUTE, SECOND } from '../../src/time.ts';
import {
  check,
  distribution,
  gauge,
  NOW,
  proportion,
  rollout,
  stage,
  status,
} from '../support/builders.ts';
import { planFor } from '../support/measured.ts';

function asked(plan: CheckPlan): GaugePlan {
  if (plan.kind !== 'gauge') throw new Error('still settling');
  return plan;
}

const at = (stage: string, phase: 'progressing' | 'completed' = 'progressing') =>
  rollout({ status: status({ phase, stage }) });

describe('the window', () => {
  const young = (minutes: number, more = {}) =>
    planFor(check(more), rollout(), { entryStart: NOW - 5 * MINUTE - minutes * MINUTE });

  it('is the check’s own where the entry is old enough', () => {
    expect(asked(young(11)).window).toBe(10 * MINUTE);
    expect(asked(young(11)).treatment).toEqual({
      kind: 'value',
      query: 'latency{variant="on"}[10m]',
      at: NOW,
    });
  });

  it('shrinks while the entry is young', () => {
    expect(asked(young(4)).window).toBe(4 * MINUTE);
    expect(asked(young(14, { for: 10 * MINUTE })).window).toBe(4 * MINUTE);
  });

  it('is nothing yet in the first minute after the change has reached users', () => {
    expect(young(0.9)).toMatchObject({ kind: 'settling', until: NOW + 6 * SECOND });
    expect(young(1).kind).toBe('gauge');
    expect(young(10.5, { for: 10 * MINUTE })).toMatchObject({
      kind: 'settling',
      until: NOW + 30 * SECOND,
    });
  });

  it('never reaches back before the entry has settled, and the looks have both ends', () => {
    const seconds = fc.integer({ min: 0, max: 90_000 }).map((count) => count * SECOND);
    fc.assert(
      fc.property(seconds, seconds, seconds, seconds, (age, settle, window, lasting) => {
        const plan = planFor(check({ window: window + SECOND, for: lasting }), rollout(), {
          entryStart: NOW - age,
          settle,
        });
        if (plan.kind !== 'gauge') return;
        const query = plan.treatment;
        const first = query?.kind === 'series' ? query.from : NOW;
        expect(first - plan.window).toBeGreaterThanOrEqual(NOW - age + settle);
        expect(plan.window).toBeGreaterThan(0);
        if (query?.kind !== 'series') return;
        expect(query.to).toBe(NOW);
        expect(query.to - query.from).toBe(lasting);
        expect((lasting / query.step) % 1).toBeCloseTo(0, 9);
        expect(query.step).toBeGreaterThanOrEqual(Math.min(lasting, 15 * SECOND));
        expect(lasting / query.step).toBeLessThanOrEqual(10);
      }),
    );
  });
});

it('looks ten times over a breach that must last, once where it counts at once', () => {
  const query = (lasting: number) => asked(planFor(check({ for: lasting }))).treatment;
  expect(query(0)?.kind).toBe('value');
  expect(query(10 * MINUTE)).toMatchObject({
    kind: 'series',
    step: MINUTE,
    from: NOW - 10 * MINUTE,
  });
  expect(query(MINUTE)).toMatchObject({ step: 15 * SECOND });
  expect(query(10 * SECOND)).toMatchObject({ step: 10 * SECOND });
});

describe('what is asked of control', () => {
  const relative = check({ limits: { maxRatio: 2 } });

  it('is the same of control, where users enter by percentage', () => {
    const plan = asked(planFor(relative, at('canary')));
    expect(plan.control?.query).toBe('latency{variant="off"}[10m]');
  });

  it('is nothing at 100 %', () => {
    expect(asked(planFor(relative, at('full', 'completed'))).control).toBeUndefined();
  });

  it('is nothing where the query does not tell the arms apart', () => {
    const shared = check({ metric: gauge({ query: 'cost[{{window}}]' }) });
    expect(asked(planFor(shared, at('canary'))).control).toBeUndefined();
  });

  it('is asked where only one of its queries tells the arms apart', () => {
    const metric = proportion({ total: 'all' });
    const plan = planFor(check({ metric }), at('canary'));
    expect(plan.kind === 'counts' && plan.question.queries).toEqual([
      'errors{variant="on"}',
      'all',
      'errors{variant="off"}',
      'all',
    ]);
  });

  it('is the fallback against control while degraded', () => {
    const degraded = rollout({
      status: status({ phase: 'degraded', stage: 'canary', serving: 'fallback' }),
    });
    expect(asked(planFor(relative, degraded)).treatment?.query).toBe(
      'latency{variant="simple"}[10m]',
    );
  });
});

describe('what is asked of a distribution', () => {
  const started = NOW - 40 * DAY;
  const running = rollout({ status: status({ phase: 'progressing', stage: 'canary', started }) });
  const questions = (more: Parameters<typeof distribution>[0], baseline?: Baseline) =>
    questionsOf(
      planFor(
        check({
          metric: distribution(more),
          limits: { maxRatio: 2 },
          ...(baseline ? { baseline } : {}),
        }),
        running,
        { entryStart: NOW - DAY, settle: 0 },
      ),
    );
  const looks = { from: { kind: 'samples', query: 'load{v="{{variant}}"}' } } as const;

  it('is the raw buckets of both arms, at no more moments than an answer can hold', () => {
    const [query, past] = questions({}, { kind: 'before-start', over: 30 * DAY });
    for (const asked of [query, past]) {
      if (asked?.kind !== 'buckets') throw new Error('no buckets');
      expect((asked.to - asked.from) / asked.step).toBeLessThanOrEqual(310);
    }
    expect(query).toMatchObject({
      queries: ['seconds_bucket{variant="on"}', 'seconds_bucket{variant="off"}'],
    });
    expect(past).toMatchObject({ queries: ['seconds_bucket{variant="off"}'], to: started });
  });

  it('is looks at both arms since the evidence began, where it is a number', () => {
    const range = { kind: 'series', to: NOW, step: 5 * MINUTE };
    expect(questions(looks)).toMatchObject([
      { ...range, query: 'load{v="on"}', from: NOW - DAY },
      { ...range, query: 'load{v="off"}', from: NOW - DAY },
    ]);
    expect(questions(looks, { kind: 'offset', by: 7 * DAY })[2]).toMatchObject({
      query: 'load{v="off"}',
      to: NOW - 7 * DAY,
    });
  });
});

describe('how finely a short stage is looked at', () => {
  const short = (duration: Duration) =>
    rollout({
      stages: [stage('canary', { percentage: 1, duration })],
      status: status({ phase: 'progressing', stage: 'canary' }),
    });
  const grid = (duration: Duration, age: Duration, sampledEvery?: Duration, metric = {}) => {
    const plan = planCheck(check({ metric: proportion(), ...metric }), {
      rollout: short(duration),
      now: NOW,
      entryStart: NOW - age,
      settle: 0,
      ...(sampledEvery === undefined ? {} : { sampledEvery }),
      escapeValue: (value) => value,
    });
    const [query] = questionsOf(plan);
    if (query?.kind !== 'increments' && query?.kind !== 'buckets') {
      throw new Error('nothing counted');
    }
    return query;
  };

  it.each([
    ['two samples', 20 * SECOND, SECOND, 2 * SECOND],
    ['thirty times', 5 * MINUTE, 5 * SECOND, 10 * SECOND],
    ['two samples', 5 * MINUTE, 15 * SECOND, 30 * SECOND],
    ['a minute, where nobody said how often is sampled', 20 * SECOND, undefined, MINUTE],
    ['a minute, where the stage is long', DAY, SECOND, MINUTE],
  ])('is %s', (_, duration, sampledEvery, step) => {
    expect(grid(duration, MINUTE, sampledEvery).step).toBe(step);
  });

  it('reads less of what was before, and never more than an answer holds', () => {
    const query = grid(20 * SECOND, 10 * SECOND, SECOND);
    expect((query.to - query.from) / query.step).toBe(1_600);
    // A stage that goes on and on is looked at as any other in the end.
    expect(grid(20 * SECOND, HOUR, SECOND).step).toBe(MINUTE);
    const buckets = grid(20 * SECOND, 10 * SECOND, SECOND, { metric: distribution() });
    expect((buckets.to - buckets.from) / buckets.step).toBe(300);
  });

  it('begins with two samples', () => {
    expect(() => grid(20 * SECOND, 1.9 * SECOND, SECOND)).toThrow('nothing counted');
    expect(grid(20 * SECOND, 2 * SECOND, SECOND).step).toBe(2 * SECOND);
    expect(() => grid(DAY, 119 * SECOND, MINUTE)).toThrow('nothing counted');
  });
});

describe('what is asked of history', () => {
  const started = NOW - 9 * DAY;
  const running = rollout({ status: status({ phase: 'progressing', stage: 'canary', started }) });
  const baseline = (how: Parameters<typeof check>[0]) =>
    asked(planFor(check({ limits: { maxRatio: 2 }, ...how }), running)).baseline;

  it('is the control, as long ago as the file says', () => {
    expect(baseline({ baseline: { kind: 'offset', by: 7 * DAY } })).toEqual({
      kind: 'value',
      query: 'latency{variant="off"}[10m]',
      at: NOW - 7 * DAY,
    });
    expect(baseline({ baseline: { kind: 'offset', by: DAY }, for: 10 * MINUTE })).toMatchObject({
      from: NOW - DAY - 10 * MINUTE,
      to: NOW - DAY,
    });
  });

  it('is one look over the time before the start', () => {
    expect(baseline({ baseline: { kind: 'before-start', over: DAY }, for: 10 * MINUTE })).toEqual({
      kind: 'value',
      query: 'latency{variant="off"}[1d]',
      at: started,
    });
  });

  it('is nothing where no limit is relative, or the level is written in the file', () => {
    expect(baseline({ baseline: { kind: 'offset', by: DAY }, limits: { max: 1 } })).toBeUndefined();
    expect(baseline({ baseline: { kind: 'value', value: 1 } })).toBeUndefined();
    expect(
      baseline({ baseline: { kind: 'offset', by: DAY }, limits: {}, warn: { maxRatio: 2 } }),
    ).toBeDefined();
  });
});

const counting = gauge({ samples: 'n{variant="{{variant}}"}[{{window}}]' });

describe('samples', () => {
  it('are counted since the entry began', () => {
    const plan = asked(
      planFor(check({ metric: counting }), at('canary'), {
        entryStart: NOW - 3 * HOUR - 5 * MINUTE,
      }),
    );
    expect(plan.samples).toEqual({
      kind: 'value',
      query: 'n{variant="on"}[3h]',
      at: NOW,
    });
    expect(plan.controlSamples?.query).toBe('n{variant="off"}[3h]');
  });

  it('of control are not counted in a cohort, and of a gauge only where it says how', () => {
    const cohort = asked(planFor(check({ metric: counting }), at('internal')));
    expect(cohort.samples).toBeDefined();
    expect(cohort.controlSamples).toBeUndefined();
    expect(asked(planFor(check(), at('canary'))).samples).toBeUndefined();
  });
});

it('fills in every placeholder, each value escaped for the provider', () => {
  const query =
    'q{f="{{flag}}",e="{{environment}}",v="{{variant}}",s="{{stage}}",t="{{labels.team}}"}[{{window}}]';
  const plan = planCheck(check({ metric: gauge({ query }) }), {
    rollout: rollout({ treatment: 'o"n', labels: { team: '{{flag}}\n"' } }),
    now: NOW,
    entryStart: NOW - DAY,
    settle: 0,
    escapeValue: escapePromql,
  });
  expect(asked(plan).treatment?.query).toBe(
    `q{f="new-checkout",e="production",v="${escapePromql('o"n')}",s="canary",t="${escapePromql('{{flag}}\n"')}"}[10m]`,
  );
  expect(escapePromql('o"n')).not.toBe('o"n');
});
