import fc from 'fast-check';
import type { Known } from '../../src/decide/assessment.ts';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import type { Check } from '../../src/model/check.ts';
import type { Policy } from '../../src/model/config.ts';
import type { Phase, Rollout, Serving, Stage } from '../../src/model/rollout.ts';
import type { InsufficientReason, Verdict } from '../../src/model/verdict.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { blind, breach, lacking, NOW, pass, rollout, stage, warning } from './builders.ts';
import { REGIONS, SEGMENTS, TIERS } from './users.ts';

/** Something or nothing of a list of names. */
const some = (names: readonly string[]) =>
  fc.oneof(fc.constant([]), fc.constant([]), fc.subarray([...names], { minLength: 1 }));

const percentage = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(0, 0.5, 1, 5, 50, 99.999, 100),
  fc.integer({ min: 0, max: 100_000 }).map((buckets) => buckets / 1_000),
);

const aStage = (index: number): fc.Arbitrary<Stage> =>
  fc
    .record({
      percentage,
      segments: some(SEGMENTS),
      regions: some(REGIONS),
      tiers: some(TIERS),
      hours: fc.integer({ min: 0, max: 72 }),
      more: fc.integer({ min: 0, max: 72 }),
      approvals: fc.constantFrom(0, 0, 0, 1, 2),
      shadow: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    })
    .map(({ percentage, hours, more, ...rest }) =>
      stage(`stage-${index}`, {
        ...rest,
        ...(percentage === undefined ? {} : { percentage }),
        duration: hours * HOUR,
        maxDuration: (hours + more) * HOUR,
      }),
    );

/** Ladders as nobody would write them: in any order, of any kind of stage. */
export const ladder: fc.Arbitrary<readonly Stage[]> = fc
  .integer({ min: 1, max: 6 })
  .chain((length) => fc.tuple(...Array.from({ length }, (_, index) => aStage(index))));

const PHASES: readonly Phase[] = [
  'pending',
  'progressing',
  'progressing',
  'progressing',
  'paused',
  'rolled-back',
  'degraded',
  'completed',
];
const SERVING: readonly Serving[] = ['treatment', 'treatment', 'fallback', 'control'];

/** Any rollout that a file could say, sensible or not. */
export const anyRollout: fc.Arbitrary<Rollout> = ladder.chain((stages) => {
  const names = stages.map(({ name }) => name);
  return fc
    .record({
      phase: fc.constantFrom(...PHASES),
      stage: fc.option(fc.constantFrom(...names, ...names, 'gone'), { nil: undefined }),
      serving: fc.constantFrom(...SERVING),
      approvals: fc.array(
        fc.record({
          by: fc.constantFrom('ada', 'bob'),
          stage: fc.constantFrom(...names),
        }),
        { maxLength: 4 },
      ),
      kill: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      end: fc.option(fc.constantFrom(NOW - DAY, NOW + 30 * DAY), { nil: undefined }),
      start: fc.option(fc.constantFrom(NOW - DAY, NOW + HOUR), { nil: undefined }),
      autoPromote: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
      risk: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
      via: fc.constantFrom('pull-request' as const, 'commit' as const),
      to: fc.constantFrom('previous' as const, 'off' as const),
      commitAfter: fc.constantFrom<number | 'never'>(0, 15 * MINUTE, 'never'),
      changed: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      allow: fc.subarray(['ada', 'bob']),
      block: fc.subarray(['bob', 'cy']),
    })
    .map(({ phase, stage: name, serving, approvals, end, start, changed, ...rest }) => {
      const { kill, autoPromote, risk, allow, block, ...rollback } = rest;
      return rollout({
        stages,
        kill,
        autoPromote,
        risk,
        allow,
        block,
        ...(end === undefined ? {} : { end }),
        ...(start === undefined ? {} : { start }),
        rollback: { ...rollback, autoMerge: true },
        ladder: { kind: 'named', name: 'mine', digest: changed ? 'other' : 'same' },
        status: {
          phase,
          serving,
          approvals,
          entry: 1,
          baseline: {},
          ...(name === undefined ? {} : { stage: name }),
          ladder: 'same',
        },
      });
    });
});

/** Any rollout as the bot leaves it: only a degraded one serves the fallback, only one that is off control. */
export const writtenRollout: fc.Arbitrary<Rollout> = anyRollout.map((rollout) => {
  const { phase, stage: name, serving: _, ...rest } = rollout.status;
  const off = name === undefined || phase === 'pending';
  const serving = phase === 'degraded' ? 'fallback' : off ? 'control' : 'treatment';
  return {
    ...rollout,
    status: { ...rest, phase, serving, ...(off ? {} : { stage: name }) },
  };
});

const REASONS: readonly InsufficientReason[] = [
  'settling',
  'no-data',
  'no-traffic',
  'nan',
  'infinite',
  'silent-treatment',
  'too-few-samples',
  'no-control',
  'no-baseline',
  'over-limit-briefly',
];

const howCheck: fc.Arbitrary<Partial<Check>> = fc.record({
  required: fc.boolean(),
  onBreach: fc.constantFrom('rollback', 'degrade', 'pause', 'warn'),
});

export const anyVerdict: fc.Arbitrary<Verdict> = fc.oneof(
  { weight: 6, arbitrary: howCheck.map((how) => pass(how)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(howCheck, fc.constantFrom('worse', 'shared', 'unknown'), fc.boolean())
      .map(([how, versus, far]) => breach(how, versus, far)),
  },
  { weight: 1, arbitrary: howCheck.map((how) => warning(how)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(howCheck, fc.constantFrom(...REASONS))
      .map(([how, reason]) => lacking(reason, how)),
  },
  { weight: 1, arbitrary: howCheck.map((how) => blind(how)) },
);

const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    onBlind: fc.constantFrom('hold' as const, 'pause' as const, 'rollback' as const),
    onMismatch: fc.constantFrom('hold' as const, 'pause' as const, 'rollback' as const),
    frozen: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  })
  .map(({ onBlind, onMismatch, frozen }) => ({
    ...DEFAULT_CONFIG.policy,
    onBlind,
    onMismatch,
    freezes: frozen ? [{ from: NOW - 10 * DAY, to: NOW + 30 * DAY }] : [],
  }));

export const anyKnown: fc.Arbitrary<Known> = fc
  .record({
    late: fc.integer({ min: 0, max: 7 * 24 }),
    age: fc.integer({ min: -3, max: 200 }),
    verdicts: fc.array(anyVerdict, { maxLength: 4 }),
    policy: anyPolicy,
    revert: fc.oneof(
      { weight: 6, arbitrary: fc.constant({ state: 'none' } as const) },
      { weight: 1, arbitrary: fc.constant({ state: 'declined', how: 'ada closed it' } as const) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom('open' as const, 'closed' as const), fc.nat(60))
          .map(([state, n]) => ({ state, openedAt: NOW - n * MINUTE })),
      },
    ),
    after: fc.constantFrom('none' as const, 'completed' as const, 'waiting' as const),
    outage: fc.boolean(),
    promoted: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    uncompiled: fc.integer({ min: 0, max: 5 }).map((n) => (n === 0 ? ['f.json: cannot'] : [])),
    trial: fc.option(
      fc.constantFrom(
        { does: 'advance', text: 'yes' } as const,
        { does: 'rollback', text: 'no' } as const,
        { does: 'pause', text: 'a tie' } as const,
        { does: 'blind', text: 'no answer' } as const,
        { does: 'wait', text: 'not yet' } as const,
      ),
      { nil: undefined },
    ),
  })
  .map(({ late, age, trial, ...rest }) => {
    const now = NOW + late * HOUR;
    return {
      ...rest,
      now,
      entryStart: now - age * HOUR,
      replaces: [],
      badConfig: false,
      trial,
    };
  });
