import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/model/check.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { check, mean, proportion, rollout, status } from '../support/builders.ts';
import { type CountedWhen, type CountedWorld, counted, steady } from '../support/counted.ts';

const at = (stage: string): Rollout => rollout({ status: status({ phase: 'progressing', stage }) });
const errors = (more: Partial<Check> = {}): Check =>
  check({
    metric: proportion(),
    limits: { maxIncrease: { kind: 'relative', by: 0.05 } },
    minSamples: { count: 1000 },
    ...more,
  });

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
  readonly world: CountedWorld;
  readonly stage?: string;
  readonly at?: CountedWhen;
  readonly verdict: string;
}

/** Errors and requests a minute: a base rate of half a percent in control. */
const CONTROL = steady(9.5, 1900);

describe('a proportion', () => {
  it.each<Row>([
    {
      when: 'like control',
      world: { treatment: steady(0.5, 100), control: CONTROL },
      verdict: 'pass',
    },
    {
      when: 'ten times control',
      world: { treatment: steady(5, 100), control: CONTROL },
      verdict: 'breach worse, far',
    },
    {
      when: 'whose first twenty requests all fail',
      world: { treatment: steady(4, 4), control: CONTROL },
      at: { age: 5 * MINUTE },
      verdict: 'breach worse, far',
    },
    {
      when: 'with one error in fifty requests',
      world: { treatment: (minute) => [minute === 2 ? 1 : 0, 10], control: CONTROL },
      at: { age: 5 * MINUTE },
      verdict: 'insufficient too-few-samples',
    },
    {
      when: 'twice as bad since an hour, after a day of health',
      world: {
        treatment: (minute) => [minute < 24 * 60 ? 5 : 15, 1000],
        control: steady(95, 19_000),
      },
      at: { age: DAY + HOUR },
      verdict: 'breach worse, far',
    },
    {
      when: 'with few samples',
      world: { treatment: steady(0, 2), control: CONTROL },
      verdict: 'insufficient too-few-samples',
    },
    {
      when: 'without events, which are zero events',
      world: { treatment: steady(0, 100), control: CONTROL },
      verdict: 'pass, proven',
    },
    {
      when: 'of nothing, where something was to be expected',
      world: { treatment: steady(0, 0), control: CONTROL },
      verdict: 'insufficient silent-treatment',
    },
    {
      when: 'of nothing anywhere',
      world: { treatment: steady(0, 0), control: steady(0, 0) },
      verdict: 'insufficient no-traffic',
    },
    { when: 'of no counters', world: {}, verdict: 'insufficient no-data' },
    {
      when: 'past an absolute limit together with control',
      check: { limits: { max: 0.01 } },
      world: { treatment: steady(5, 100), control: steady(95, 1900) },
      verdict: 'breach shared, far',
    },
    {
      when: 'past an absolute limit in a cohort, whose control is not like it',
      stage: 'internal',
      check: { limits: { max: 0.01 } },
      world: { treatment: steady(5, 100), control: CONTROL },
      verdict: 'breach worse, far',
    },
    {
      when: 'relative in a cohort',
      stage: 'internal',
      world: { treatment: steady(0.5, 100), control: CONTROL },
      verdict: 'insufficient no-control',
    },
    {
      when: 'against a week ago',
      check: { baseline: { kind: 'offset', by: 7 * DAY } },
      world: { treatment: steady(5, 100), control: CONTROL, history: steady(5, 1000) },
      verdict: 'breach worse, far',
    },
    {
      when: 'against a level',
      check: { baseline: { kind: 'value', value: 0.05 } },
      world: { treatment: steady(5, 100), control: CONTROL },
      verdict: 'pass',
    },
    {
      when: 'that only warns',
      check: { limits: { max: 0.5 }, warn: { maxRatio: 1.5 } },
      world: { treatment: steady(5, 100), control: CONTROL },
      verdict: 'warn worse, far',
    },
    {
      when: 'that must be proven, and is not yet',
      check: { proof: true },
      world: { treatment: steady(0.5, 100), control: CONTROL },
      verdict: 'insufficient unproven',
    },
    {
      when: 'whose breach must last, and has not yet',
      check: { for: HOUR },
      world: { treatment: (minute) => [minute < 150 ? 0.5 : 20, 100], control: CONTROL },
      verdict: 'insufficient over-limit-briefly',
    },
    {
      when: 'conversion, a third lower',
      check: { limits: { maxDecrease: { kind: 'relative', by: 0.1 } } },
      world: { treatment: steady(20, 100), control: steady(570, 1900) },
      verdict: 'breach worse',
    },
  ])('$when: $verdict', ({ check: more, world, stage = 'canary', at: when, verdict }) => {
    expect(inWords(counted(errors(more), world, at(stage), when))).toBe(verdict);
  });
});

describe('a mean', () => {
  const cost = (more: Partial<Check> = {}): Check =>
    check({
      metric: mean(),
      limits: { maxIncrease: { kind: 'relative', by: 0.1 } },
      minSamples: { count: 1000 },
      ...more,
    });
  /** So many a minute with a mean and a standard deviation. */
  const of = (count: number, m: number, sd: number) =>
    steady(count, count * m, count * (m * m + sd * sd));

  it.each<Row>([
    {
      when: 'like control',
      world: { treatment: of(100, 5, 1), control: of(1900, 5, 1) },
      verdict: 'pass, proven',
    },
    {
      when: 'half as much again',
      world: { treatment: of(100, 7.5, 1), control: of(1900, 5, 1) },
      verdict: 'breach worse',
    },
    {
      when: 'of few',
      world: { treatment: of(1, 7.5, 1), control: of(1900, 5, 1) },
      at: { age: 20 * MINUTE },
      verdict: 'insufficient too-few-samples',
    },
  ])('$when: $verdict', ({ check: more, world, at: when, verdict }) => {
    expect(inWords(counted(cost(more), world, at('canary'), when))).toBe(verdict);
  });
});

describe('what a verdict says', () => {
  it('is the treatment since the evidence counted, not diluted by the healthy days before', () => {
    const late = (minute: number) => [minute < 24 * 60 ? 5 : 25, 1000] as const;
    const { evidence } = counted(
      errors(),
      { treatment: late, control: steady(95, 19_000) },
      at('canary'),
      { age: DAY + HOUR },
    );
    expect(evidence.value).toBeGreaterThan(0.02);
    expect(evidence.control).toBeCloseTo(0.005, 4);
    expect(evidence.limits).toMatchObject([{ name: 'max_increase', over: true }]);
    expect(evidence.tested).toMatchObject([{ name: 'max_increase', says: 'breach', of: 'ratio' }]);
  });
});

it('where everybody has the treatment, the control\u2019s day before tells how unevenly errors fall', () => {
  // As good as drawn, and the same every time.
  const hash = (minute: number) => (Math.imul(minute ^ 0x5bd1e995, 2654435761) >>> 0) / 2 ** 32;
  // Every error comes with nine others: ten times as uneven as chance.
  const clustered = (perMinute: number, requests: number) => (minute: number) =>
    [hash(minute) < perMinute / 10 ? 10 : 0, requests] as const;
  const before = clustered(0.5, 100);
  const world: CountedWorld = {
    treatment: clustered(0.85, 100),
    control: (minute) => (minute < 0 ? before(minute) : [0, 0]),
  };
  const check = errors({ limits: { max: 0.005 } });
  const verdict = counted(check, world, at('full'), { age: 6 * HOUR });
  expect(inWords(verdict)).toBe('pass');
  expect(verdict.evidence.control).toBeUndefined();
  const unlearned = counted(check, { treatment: clustered(0.85, 100) }, at('full'), {
    age: 6 * HOUR,
  });
  expect(inWords(unlearned)).toContain('breach');
});

it('more errors never turn a breach into a pass', () => {
  const count = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(fc.array(count, { minLength: 5, maxLength: 60 }), count, (made, extra) => {
      const world = (more: number): CountedWorld => ({
        treatment: (minute) => [Math.min(100, (made[minute] ?? 0) + more), 100],
        control: CONTROL,
      });
      const when = { age: made.length * MINUTE };
      const less = counted(errors(), world(0), at('canary'), when);
      if (less.kind !== 'breach') return;
      expect(counted(errors(), world(extra), at('canary'), when).kind).toBe('breach');
    }),
  );
});
