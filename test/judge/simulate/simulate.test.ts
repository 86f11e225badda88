import { describe, expect, it } from 'vitest';
import { BUILT_IN_LADDERS } from '../../../src/files/rollout/ladders.ts';
import { groundOf, stay } from '../../../src/judge/simulate/entry.ts';
import { looksOver } from '../../../src/judge/simulate/looks.ts';
import { randomFrom } from '../../../src/judge/simulate/random.ts';
import { type Simulation, simulate } from '../../../src/judge/simulate/simulate.ts';
import {
  type Health,
  type Scenario,
  watchesOf,
  worsened,
} from '../../../src/judge/simulate/watch.ts';
import type { Check } from '../../../src/model/check.ts';
import type { Stage } from '../../../src/model/rollout.ts';
import { DAY, HOUR, MINUTE } from '../../../src/time.ts';
import { check, mean, proportion, rollout, stage, status } from '../../support/builders.ts';
import { type CountedWorld, counted } from '../../support/counted.ts';

const INCREASE = { maxIncrease: { kind: 'relative', by: 0.05 } } as const;

/** The canary of a shop: 200 requests a minute, 5 % of them exposed, half a percent fail. */
function scenarioOf({
  checks = [check({ metric: proportion(), limits: INCREASE })],
  stages = [stage('canary', { percentage: 5, duration: DAY })],
  health = {},
  shares,
  ...more
}: Partial<Omit<Scenario, 'health' | 'shares' | 'rollout'>> & {
  readonly checks?: readonly Check[];
  readonly stages?: readonly Stage[];
  readonly health?: Partial<Health>;
  readonly shares?: Readonly<Record<string, number>>;
} = {}): Scenario {
  const usual = { level: 0.005, deviation: 1, perMinute: 200, given: true, ...health };
  return {
    rollout: rollout({ checks, stages }),
    settle: 5 * MINUTE,
    confidence: 0.95,
    health: new Map(checks.map(({ metric }) => [metric.name, usual])),
    shares: new Map(
      Object.entries(
        shares ??
          Object.fromEntries(stages.map((each) => [each.name, (each.percentage ?? 100) / 100])),
      ),
    ),
    dispersion: 1,
    runs: 200,
    seed: 7,
    ...more,
  };
}

const found = (simulation: Simulation, factor: number) =>
  simulation.stages[0]?.caught.find((each) => each.factor === factor);
const shareOf = (simulation: Simulation, factor: number): number =>
  found(simulation, factor)?.chance?.share ?? Number.NaN;

describe('a simulation', () => {
  it('says the same for the same seed, and other numbers for another', () => {
    const first = simulate(scenarioOf());
    expect(simulate(scenarioOf())).toEqual(first);
    const other = simulate(scenarioOf({ seed: 8 }));
    expect(other.stages[0]?.caught).not.toEqual(first.stages[0]?.caught);
  });

  it('catches worse regressions sooner, and a twentyfold one within the hour', () => {
    const simulation = simulate(scenarioOf());
    const medians = [2, 5, 20].map((factor) => found(simulation, factor)?.median ?? Number.NaN);
    expect(medians).toEqual(medians.toSorted((a, b) => b - a));
    expect(new Set(medians).size).toBe(3);
    expect(found(simulation, 20)?.ninth).toBeLessThanOrEqual(HOUR);
    expect(shareOf(simulation, 1.5)).toBeLessThan(shareOf(simulation, 2));
    expect(shareOf(simulation, 20)).toBe(1);
  });

  it('takes back no more of the healthy than the policy allows', { timeout: 60_000 }, () => {
    const stages = BUILT_IN_LADDERS.quick ?? [];
    for (const dispersion of [1, 3]) {
      const { falseRollback } = simulate(scenarioOf({ stages, dispersion, runs: 400, seed: 11 }));
      expect(falseRollback.runs).toBe(400);
      expect(falseRollback.share).toBeLessThanOrEqual(0.05);
    }
  });

  it('sees a rollout cry wolf where the limit is what the metric is in health', () => {
    const at = { kind: 'relative', by: -0.3 } as const;
    const { falseRollback, stages } = simulate(
      scenarioOf({
        checks: [check({ metric: proportion(), limits: { maxIncrease: at } })],
        health: { perMinute: 20_000 },
      }),
    );
    expect(falseRollback.share).toBe(1);
    expect(stages[0]?.decides).toBe(0);
  });

  it('counts a breach of a check that pauses, and a warning, as a pause', () => {
    const wolf = { maxIncrease: { kind: 'relative', by: -0.3 } } as const;
    for (const cries of [
      { limits: wolf, onBreach: 'pause' },
      { limits: { maxIncrease: { kind: 'relative', by: 9 } }, warn: wolf },
    ] as const) {
      const { falseRollback, falsePause } = simulate(
        scenarioOf({
          checks: [check({ metric: proportion(), ...cries })],
          health: { perMinute: 20_000 },
          runs: 40,
        }),
      );
      expect([falseRollback.share, falsePause.share]).toEqual([0, 1]);
    }
  });

  it('tries no regression that the limits allow', () => {
    const simulation = simulate(
      scenarioOf({ checks: [check({ metric: proportion(), limits: { max: 0.01 } })] }),
    );
    expect(found(simulation, 1.5)?.chance).toBeUndefined();
    // Twice half a percent is the limit itself, and keeps to it.
    expect(found(simulation, 2)?.chance).toBeUndefined();
    expect(found(simulation, 5)?.chance?.share).toBe(1);
    expect(simulation.stages[0]?.telling).toBe(5);
  });

  it('waits for a breach to last as long as it must', () => {
    const at = (lasting: number): number =>
      found(
        simulate(
          scenarioOf({ checks: [check({ metric: proportion(), limits: INCREASE, for: lasting })] }),
        ),
        20,
      )?.median ?? Number.NaN;
    expect(at(30 * MINUTE) - at(0)).toBe(30 * MINUTE);
  });

  it('cannot decide before the samples are there that a check waits for', () => {
    const waits = check({ metric: proportion(), limits: INCREASE, minSamples: { count: 20_000 } });
    const [report] = simulate(scenarioOf({ checks: [waits] })).stages;
    expect(report).toMatchObject({ samples: 14_350, enough: false, passes: 0, decides: 0 });
    // Ten a minute, after the five minutes that a change takes to settle.
    expect(report?.enoughAt).toBe(2005 * MINUTE);
  });

  it('says how long a dwell would have to be, and is right', () => {
    const canary = (duration: number) =>
      simulate(scenarioOf({ stages: [stage('canary', { percentage: 1, duration })] })).stages[0];
    const short = canary(DAY / 2);
    expect(short?.decides).toBeLessThan(0.6);
    const needs = short?.needs ?? Number.NaN;
    expect(needs).toBeGreaterThan(DAY / 2);
    expect(canary(needs)?.decides).toBeGreaterThan(0.7);
  });

  it('passes a healthy stage only as often as it is proven, where a check asks for proof', () => {
    const proven = (perMinute: number): number =>
      simulate(
        scenarioOf({
          checks: [
            check({
              metric: proportion(),
              limits: { maxIncrease: { kind: 'relative', by: 0.5 } },
              proof: true,
            }),
          ],
          health: { perMinute },
          runs: 60,
        }),
      ).stages[0]?.passes ?? Number.NaN;
    expect(proven(20)).toBeLessThan(0.2);
    expect(proven(20_000)).toBeGreaterThan(0.9);
  });

  it('judges a cohort by absolute limits alone, and not at all where its traffic is unknown', () => {
    const stages = [stage('internal', { segments: ['employees'], duration: DAY })];
    const both = check({ metric: proportion(), limits: { ...INCREASE, max: 0.01 } });
    const { stages: reports } = simulate(
      scenarioOf({ stages, checks: [both], shares: { internal: 0.05 } }),
    );
    expect(reports[0]?.watch.asked.map(({ name }) => name)).toEqual(['max']);
    const unknown = simulate(scenarioOf({ stages, checks: [both], shares: {} }));
    expect(unknown.stages).toEqual([]);
    expect(unknown.unknown.map(({ name }) => name)).toEqual(['internal']);
  });

  it('sees a mean rise, and one that must not fall drop', () => {
    const simulation = simulate(
      scenarioOf({
        checks: [check({ metric: mean(), limits: { maxIncrease: { kind: 'relative', by: 0.1 } } })],
        health: { level: 40, deviation: 30 },
        runs: 100,
      }),
    );
    expect(shareOf(simulation, 2)).toBe(1);
    expect(simulation.falseRollback.share).toBeLessThanOrEqual(0.05);
    const falls = simulate(
      scenarioOf({
        checks: [
          check({ metric: proportion(), limits: { maxDecrease: { kind: 'relative', by: 0.1 } } }),
        ],
        health: { level: 0.3 },
        runs: 100,
      }),
    );
    expect(found(falls, 2)?.level).toBe(0.15);
    expect(shareOf(falls, 2)).toBe(1);
  });

  it('tells how far it is, to the end', () => {
    const seen: (readonly [number, number])[] = [];
    simulate(scenarioOf({ runs: 20 }), (done, total) => seen.push([done, total]));
    expect(seen.at(-1)).toEqual([40, 40]);
    expect(seen.every(([done], index) => index === 0 || done >= (seen[index - 1]?.[0] ?? 0))).toBe(
      true,
    );
  });
});

describe('looks', () => {
  it('lose no samples and make none up', () => {
    const { treatment, to } = looksOver(0, 10 * DAY, { treatment: 1.37 / MINUTE, control: 0 });
    expect(treatment.reduce((sum, each) => sum + each, 0)).toBe(Math.round(1.37 * 10 * 24 * 60));
    expect(to[0]).toBe(5 * MINUTE);
    expect(to.at(-1)).toBe(10 * DAY);
  });

  it('begin with the control, as far back as a tick reads it', () => {
    const { from, to } = looksOver(DAY, HOUR, { treatment: 1, control: 1 });
    expect([from[0], to.at(-1), to.length]).toEqual([-DAY, HOUR, 300]);
  });
});

describe('a breach in a simulation', () => {
  const [watch] = watchesOf(
    scenarioOf({ stages: [stage('canary', { percentage: 1, duration: DAY })] }),
  );
  if (watch === undefined) throw new Error('no watch');
  const ground = groundOf(watch, worsened(watch, 5));

  /** The counts of one stay once more; all that a look counts falls in its last minute. */
  function worldOf(seed: number): CountedWorld {
    const { looks } = ground;
    const random = randomFrom(seed);
    const all = new Map(
      Array.from(looks.to, (to, look) => {
        const treatment =
          (looks.from[look] ?? 0) < 0
            ? undefined
            : ground.treatment(looks.treatment[look] ?? 0, random);
        return [
          to / MINUTE,
          { treatment, control: ground.control?.(looks.control[look] ?? 0, random) },
        ];
      }),
    );
    const arm = (name: 'treatment' | 'control') => (minute: number) => {
      const tally = all.get(minute + 1)?.[name];
      return tally && 'total' in tally ? [tally.events, tally.total] : [0, 0];
    };
    return { treatment: arm('treatment'), control: arm('control') };
  }

  /** The first tick to which the judge says breach. */
  function judgedAt(seed: number): number {
    const world = worldOf(seed);
    const there = rollout({
      checks: watch ? [watch.check] : [],
      stages: watch ? [watch.stage] : [],
      status: status({ phase: 'progressing', stage: 'canary' }),
    });
    for (let age = 5 * MINUTE; age <= DAY; age += 5 * MINUTE) {
      if (watch && counted(watch.check, world, there, { age }).kind === 'breach') return age;
    }
    return Number.NaN;
  }

  it('is one to the judge of a tick that reads the same counters', () => {
    const pairs = Array.from({ length: 12 }, (_, seed) => {
      const { breachAt = Number.NaN } = stay(ground, randomFrom(seed));
      return { breachAt, judged: judgedAt(seed) };
    });
    // A tick reads young entries minute by minute, which may tip what is known of the control.
    const same = pairs.filter(({ breachAt, judged }) => Math.abs(breachAt - judged) <= 5 * MINUTE);
    expect(same.length).toBeGreaterThanOrEqual(10);
  });
});
