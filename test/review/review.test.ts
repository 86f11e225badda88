import { describe, expect, it } from 'vitest';
import { BUILT_IN_LADDERS } from '../../src/files/rollout/ladders.ts';
import type { Check } from '../../src/model/check.ts';
import type { Config, FlagsTargetConfig, Policy, RuleId } from '../../src/model/config.ts';
import type { Finding } from '../../src/model/problem.ts';
import type { Risk, Rollout, Stage } from '../../src/model/rollout.ts';
import { type ReviewContext, review } from '../../src/review/review.ts';
import { RULES } from '../../src/review/rules.ts';
import { DAY, HOUR } from '../../src/time.ts';
import { check, config, gauge, NOW, rollout, stage, status } from '../support/builders.ts';
import { examples } from '../support/examples.ts';
import { experiment } from '../support/tried.ts';

const ADA = { by: 'ada', stage: 'canary' };
const segment = { attribute: 'group', operator: 'in', values: ['x'] } as const;
const CONFIG: Config = config({
  segments: {
    employees: segment,
    'early-adopters': segment,
    standard: segment,
    conservative: segment,
  },
});

const metrics: readonly Check[] = (['technical', 'business', 'experience'] as const).map(
  (category) => check({ metric: gauge({ name: category, category }) }),
);
const relative = (more: Partial<Check> = {}) => [
  ...metrics,
  check({ limits: { maxRatio: 2 }, ...more }),
];

/** A rollout that no rule has anything to say about. */
const good = (more: Partial<Rollout> = {}): Rollout =>
  rollout({
    stages: [
      stage('canary', { percentage: 5, duration: 4 * DAY }),
      stage('half', { percentage: 50, duration: 4 * DAY }),
      stage('full', { percentage: 100 }),
    ],
    checks: metrics,
    status: status(),
    ...more,
  });

/** What one rule finds, whatever the others do. */
const findingsOf = (
  rule: RuleId,
  file: Rollout,
  context: Partial<ReviewContext> = {},
): readonly Finding[] =>
  review(file, { config: CONFIG, now: NOW, ...context }).filter(({ code }) => code === rule);

/** The same in short: `error at stages.0.name`. */
const found = (...args: Parameters<typeof findingsOf>): readonly string[] =>
  findingsOf(...args).map(
    ({ severity, path }) => `${severity}${path.length > 0 ? ` at ${path.join('.')}` : ''}`,
  );

const week = { duration: 7 * DAY };
const canary = stage('canary', { percentage: 5, ...week });
const full = stage('full', { percentage: 100 });
const ring = (name: string) => stage(name, { segments: [name], duration: 4 * DAY });
const policy = (more: Partial<Policy>): Config => ({
  ...CONFIG,
  policy: { ...CONFIG.policy, ...more },
});

const targets = (...types: readonly FlagsTargetConfig['type'][]): Config => ({
  ...CONFIG,
  segments: {
    ...CONFIG.segments,
    modern: { attribute: 'version', operator: 'semver', values: ['>=2.0.0'] },
  },
  targets: types.map((type) => ({ holds: 'flags', type, path: `flags/${type}` })),
});

/** The rules about a rollout as its file has it; test/commands/review-users.test.ts has the others. */
type RolloutRuleId = Extract<(typeof RULES)[RuleId], { readonly about: 'rollout' }>['id'];

interface Example {
  readonly when: string;
  readonly file: Partial<Rollout>;
  readonly context?: Partial<ReviewContext>;
  /** Absent: the rule has nothing to say. */
  readonly finds?: string;
}

const stages = (...list: readonly Stage[]): Partial<Rollout> => ({ stages: list });

const tried = (before: readonly Stage[]): Partial<Rollout> => ({
  ...stages(...before, stage('ab', { percentage: 50, ...week }), full),
  trials: new Map([['ab', experiment()]]),
});

/** A rule without examples does not compile. */
const EXAMPLES: { readonly [Id in RolloutRuleId]: readonly Example[] } = {
  'jump-to-full': [
    {
      when: 'everyone at once',
      file: stages(full, full),
      finds: 'error at stages.0.name',
    },
    {
      when: 'one ring, then everyone',
      file: stages({ ...ring('employees'), ...week }, full),
      finds: 'error at stages.1.name',
    },
    { when: 'two rings, then everyone', file: stages(ring('employees'), ring('standard'), full) },
    {
      when: 'a shadow run, then everyone',
      file: stages(stage('shadow', { shadow: true, ...week }), full),
      finds: 'error at stages.1.name',
    },
    {
      when: '0 % watched, then everyone',
      file: stages(stage('none', { percentage: 0, ...week }), full),
      finds: 'error at stages.1.name',
    },
    {
      when: 'half of one region, then everyone',
      file: stages(stage('half', { percentage: 50, regions: ['au'], ...week }), full),
      finds: 'error at stages.1.name',
    },
    {
      when: 'a share of two regions one after the other, then everyone',
      file: stages(
        stage('au', { percentage: 50, regions: ['au'], duration: 4 * DAY }),
        stage('eu', { percentage: 50, regions: ['eu'], duration: 4 * DAY }),
        full,
      ),
    },
    { when: 'a canary, then everyone', file: stages(canary, full) },
    { when: 'never everyone', file: stages(canary) },
  ],
  'no-canary': [
    {
      when: 'a first share of a fifth',
      file: stages(stage('fifth', { percentage: 20, ...week }), full),
      finds: 'error at stages.0.percentage',
    },
    {
      when: 'a first share of a tenth',
      file: stages(stage('tenth', { percentage: 10, ...week }), full),
    },
    {
      when: 'half after a good shadow run',
      file: stages(
        stage('shadow', { shadow: true, percentage: 0, ...week }),
        stage('half', { percentage: 50, ...week }),
        full,
      ),
      finds: 'error at stages.1.percentage',
    },
    {
      when: 'half after 0 %',
      file: stages(
        stage('none', { percentage: 0, ...week }),
        stage('half', { percentage: 50, ...week }),
        full,
      ),
      finds: 'error at stages.1.percentage',
    },
  ],
  'stage-too-short': [
    {
      when: 'a stage of an hour at medium risk',
      file: stages(canary, stage('half', { percentage: 50, duration: HOUR }), full),
      finds: 'warning at stages.1.duration',
    },
    {
      when: 'a last stage of an hour',
      file: stages(canary, stage('full', { percentage: 100, duration: HOUR })),
    },
    {
      when: 'a stage of an hour, long completed',
      file: {
        ...stages(canary, stage('half', { percentage: 50, duration: HOUR }), full),
        status: status({ phase: 'completed', stage: 'full' }),
      },
    },
    {
      when: 'twelve hours at low risk',
      file: {
        risk: 'low',
        ...stages(
          stage('canary', { percentage: 5, duration: DAY }),
          stage('half', { percentage: 50, duration: 12 * HOUR }),
          full,
        ),
      },
    },
  ],
  'rollout-too-short': [
    {
      when: 'everyone after six days at medium risk',
      file: stages(stage('canary', { percentage: 5, duration: 6 * DAY }), full),
      finds: 'error at stages',
    },
    {
      when: 'everyone after four weeks at high risk',
      file: {
        risk: 'high',
        ...stages(stage('canary', { percentage: 5, duration: 28 * DAY }), full),
      },
    },
    {
      when: 'everyone after 27 days at high risk',
      file: {
        risk: 'high',
        ...stages(stage('canary', { percentage: 5, duration: 27 * DAY }), full),
      },
      finds: 'error at stages',
    },
    {
      when: 'a pace that the policy allows',
      file: stages(stage('canary', { percentage: 5, duration: DAY }), full),
      context: {
        config: policy({
          risk: {
            ...CONFIG.policy.risk,
            medium: { totalDuration: DAY, stageDuration: HOUR, approvals: 0 },
          },
        }),
      },
    },
  ],
  'shrinking-stage': [
    {
      when: 'less after more',
      file: stages(canary, stage('fewer', { percentage: 1, ...week }), full),
      finds: 'warning at stages.1.percentage',
    },
    {
      when: 'less, but of one region',
      file: stages(canary, stage('fewer', { percentage: 1, regions: ['au'], ...week }), full),
    },
  ],
  'experiment-not-randomised': [
    { when: 'an experiment of which everyone is by chance', file: tried([canary]) },
    {
      when: 'an experiment after a stage of employees',
      file: tried([stage('internal', { segments: ['employees'], ...week }), canary]),
      finds: 'warning at stages.2.experiment',
    },
    {
      when: 'an experiment beside users who are let in by name',
      file: { ...tried([canary]), allow: ['user-1'] },
      finds: 'warning at stages.1.experiment',
    },
  ],
  'no-checks': [{ when: 'no checks', file: { checks: [] }, finds: 'warning' }],
  'no-rollback-check': [
    {
      when: 'checks that only pause',
      file: { checks: metrics.map((each) => ({ ...each, onBreach: 'pause' })) },
      finds: 'error at checks',
    },
    {
      when: 'one check of many that rolls back',
      file: {
        checks: metrics.map((each, index) =>
          index === 0 ? { ...each, onBreach: 'pause' as const } : each,
        ),
      },
    },
    {
      when: 'one check that degrades',
      file: { checks: metrics.map((each) => ({ ...each, onBreach: 'degrade' })) },
    },
  ],
  'missing-technical-metric': [
    {
      when: 'no technical metric',
      file: { checks: metrics.filter(({ metric }) => metric.category !== 'technical') },
      finds: 'warning at checks',
    },
    { when: 'no checks at all', file: { checks: [] } },
  ],
  'missing-business-metric': [
    {
      when: 'no business metric',
      file: { checks: metrics.filter(({ metric }) => metric.category !== 'business') },
      finds: 'warning at checks',
    },
    { when: 'no checks at all', file: { checks: [] } },
  ],
  'missing-experience-metric': [
    {
      when: 'no experience metric',
      file: { checks: metrics.filter(({ metric }) => metric.category !== 'experience') },
      finds: 'warning at checks',
    },
    { when: 'no checks at all', file: { checks: [] } },
  ],
  'no-baseline': [
    {
      when: 'relative to control, in rings',
      file: { ...stages(ring('employees'), ring('standard'), full), checks: relative() },
      finds: 'error at checks.3',
    },
    {
      when: 'a warning relative to control, in rings',
      file: {
        ...stages(ring('employees'), ring('standard'), full),
        checks: relative({ limits: { max: 1 }, warn: { maxRatio: 2 } }),
      },
      finds: 'error at checks.3',
    },
    {
      when: 'relative to last week, in rings',
      file: {
        ...stages(ring('employees'), ring('standard'), full),
        checks: relative({ baseline: { kind: 'offset', by: 7 * DAY } }),
      },
    },
    { when: 'relative to control, with a canary', file: { checks: relative() } },
  ],
  'fallback-is-control': [
    {
      when: 'a fallback that is the control',
      file: { fallback: 'off', checks: [...metrics, check({ onBreach: 'degrade' })] },
      finds: 'warning at checks.3.on_breach',
    },
    {
      when: 'a fallback of its own',
      file: { checks: [...metrics, check({ onBreach: 'degrade' })] },
    },
  ],
  'start-outside-window': [
    {
      when: 'a start on a Friday',
      file: { start: NOW + 3 * DAY },
      finds: 'warning at start',
    },
    {
      when: 'a start in a freeze',
      file: { start: NOW + DAY },
      context: { config: policy({ freezes: [{ from: NOW, to: NOW + 3 * DAY }] }) },
      finds: 'warning at start',
    },
    { when: 'a start on a Wednesday', file: { start: NOW + DAY } },
    { when: 'a start that has passed', file: { start: NOW - 4 * DAY } },
    {
      when: 'a start on a Friday, long under way',
      file: { start: NOW + 3 * DAY, status: status({ phase: 'progressing', stage: 'canary' }) },
    },
  ],
  'unknown-stage': [
    {
      when: 'a stage that is gone',
      file: { status: status({ phase: 'paused', stage: 'gone' }) },
      finds: 'error at status.stage',
    },
  ],
  'unknown-segment': [
    {
      when: 'a segment that nobody is in',
      file: stages(ring('employees'), ring('testers'), full),
      finds: 'warning at stages.1.segments',
    },
    {
      when: 'a segment named like what every object has',
      file: stages(ring('employees'), ring('constructor'), full),
      finds: 'warning at stages.1.segments',
    },
  ],
  'segment-unsupported-by-target': [
    {
      when: 'a segment that a target has no words for',
      file: stages(ring('employees'), ring('modern'), full),
      context: { config: targets('flagd', 'go-feature-flag') },
      finds: 'error at stages.1.segments',
    },
    {
      when: 'the same segment where every target has words for it',
      file: stages(ring('employees'), ring('modern'), full),
      context: { config: targets('flagd', 'json') },
    },
  ],
  'variants-unsupported-by-target': [
    {
      when: 'variants that a target cannot hold',
      file: { variants: { on: ['a'], off: [], simple: [] } },
      context: { config: targets('flagd') },
      finds: 'error at variants',
    },
    {
      when: 'the same variants where every target can',
      file: { variants: { on: ['a'], off: [], simple: [] } },
      context: { config: targets('go-feature-flag', 'json') },
    },
  ],
  'end-on-completed': [
    {
      when: 'an end on a completed flag',
      file: { end: NOW + DAY, status: status({ phase: 'completed', stage: 'full' }) },
      finds: 'error at end',
    },
    { when: 'an end', file: { end: NOW + DAY } },
  ],
  'already-expired': [
    {
      when: 'it expired yesterday',
      file: { expires: NOW - DAY },
      finds: 'warning at expires',
    },
    { when: 'it expires today', file: { expires: NOW - DAY + 1 } },
  ],
  'status-written-by-hand': [
    {
      when: 'started by hand',
      file: { status: status({ phase: 'progressing', stage: 'canary' }) },
      context: { before: good() },
      finds: 'error at status',
    },
    {
      when: 'moved up by hand',
      file: { status: status({ phase: 'progressing', stage: 'half' }) },
      context: { before: good({ status: status({ phase: 'progressing', stage: 'canary' }) }) },
      finds: 'error at status',
    },
    {
      when: 'moved up by hand while it is paused',
      file: { status: status({ phase: 'paused', stage: 'half' }) },
      context: { before: good({ status: status({ phase: 'paused', stage: 'canary' }) }) },
      finds: 'error at status',
    },
    {
      when: 'completed by hand',
      file: { status: status({ phase: 'completed', stage: 'full' }) },
      context: { before: good({ status: status({ phase: 'progressing', stage: 'full' }) }) },
      finds: 'error at status',
    },
    {
      when: 'resumed by hand',
      file: { status: status({ phase: 'progressing', stage: 'canary' }) },
      context: { before: good({ status: status({ phase: 'paused', stage: 'canary' }) }) },
      finds: 'error at status',
    },
    {
      when: 'un-degraded by hand',
      file: { status: status({ phase: 'degraded', stage: 'canary' }) },
      context: {
        before: good({
          status: status({ phase: 'degraded', stage: 'canary', serving: 'fallback' }),
        }),
      },
      finds: 'error at status',
    },
    {
      when: 'degraded, then off by hand',
      file: { status: status({ phase: 'pending' }) },
      context: {
        before: good({
          status: status({ phase: 'degraded', stage: 'canary', serving: 'fallback' }),
        }),
      },
    },
    {
      when: 'new and already live',
      file: { status: status({ phase: 'completed', stage: 'full' }) },
      context: { before: 'new' },
      finds: 'error at status',
    },
    {
      when: 'new and paused where it is, by hand',
      file: { status: status({ phase: 'paused', stage: 'half' }) },
      context: { before: 'new' },
      finds: 'error at status',
    },
    {
      when: 'new and live, as an import writes it',
      file: { status: status({ phase: 'paused', stage: 'half', reason: 'imported' }) },
      context: { before: 'new' },
      finds: 'warning at status',
    },
    {
      when: 'new and approved by two, and nobody has it yet',
      file: { status: status({ approvals: [ADA, { by: 'bob', stage: 'canary' }] }) },
      context: { before: 'new' },
      finds: 'error at status.approvals',
    },
    {
      when: 'new with levels that nobody measured',
      file: { status: status({ baseline: { errors: 0.5 } }) },
      context: { before: 'new' },
      finds: 'error at status.baseline',
    },
    {
      when: 'new with levels of a completion that never was',
      file: { status: status({ levels: { errors: 0.5 } }) },
      context: { before: 'new' },
      finds: 'error at status.levels',
    },
    {
      when: 'new with a ladder that nobody started on',
      file: { status: status({ ladder: 'aaaaaaaaaaaa' }) },
      context: { before: 'new' },
      finds: 'error at status.ladder',
    },
    {
      when: 'with the status of another flag, whose file it was',
      file: { status: status({ phase: 'progressing', stage: 'half' }) },
      context: {
        before: good({
          key: 'old@production',
          status: status({ phase: 'progressing', stage: 'half' }),
        }),
      },
      finds: 'error at status',
    },
    {
      when: 'moved back by hand',
      file: { status: status({ phase: 'progressing', stage: 'canary' }) },
      context: { before: good({ status: status({ phase: 'progressing', stage: 'half' }) }) },
    },
    {
      when: 'moved back by hand, and approved for the way up',
      file: { status: status({ phase: 'progressing', stage: 'canary', approvals: [ADA] }) },
      context: { before: good({ status: status({ phase: 'progressing', stage: 'half' }) }) },
      finds: 'error at status.approvals',
    },
    {
      when: 'approved in the name of another comment',
      file: {
        status: status({
          phase: 'progressing',
          stage: 'canary',
          approvals: [{ ...ADA, comment: 8 }],
        }),
      },
      context: {
        before: good({
          status: status({
            phase: 'progressing',
            stage: 'canary',
            approvals: [{ ...ADA, comment: 7 }],
          }),
        }),
      },
      finds: 'error at status.approvals',
    },
    {
      when: 'an approval taken back by hand',
      file: { status: status({ phase: 'progressing', stage: 'canary' }) },
      context: {
        before: good({
          status: status({ phase: 'progressing', stage: 'canary', approvals: [ADA] }),
        }),
      },
    },
    {
      when: 'levels by hand',
      file: { status: status({ phase: 'progressing', stage: 'full', baseline: { errors: 0.5 } }) },
      context: {
        before: good({
          status: status({ phase: 'progressing', stage: 'full', baseline: { errors: 0.01 } }),
        }),
      },
      finds: 'error at status.baseline',
    },
    {
      when: 'levels of drift taken away by hand',
      file: { status: status({ phase: 'completed', stage: 'full' }) },
      context: {
        before: good({
          status: status({ phase: 'completed', stage: 'full', levels: { errors: 0.01 } }),
        }),
      },
      finds: 'error at status.levels',
    },
    {
      when: 'levels that come back with an older stage, as in a git revert',
      file: { status: status({ phase: 'progressing', stage: 'half', baseline: { errors: 0.02 } }) },
      context: {
        before: good({
          status: status({ phase: 'progressing', stage: 'full', baseline: { errors: 0.01 } }),
        }),
      },
    },
    {
      when: 'levels by hand on the way down',
      file: { status: status({ phase: 'progressing', stage: 'half', baseline: { errors: 0.5 } }) },
      context: { before: good({ status: status({ phase: 'progressing', stage: 'full' }) }) },
      finds: 'error at status.baseline',
    },
    {
      when: 'a ladder by hand',
      file: { status: status({ phase: 'progressing', stage: 'half', ladder: 'bbbbbbbbbbbb' }) },
      context: {
        before: good({
          status: status({ phase: 'progressing', stage: 'half', ladder: 'aaaaaaaaaaaa' }),
        }),
      },
      finds: 'error at status.ladder',
    },
    {
      when: 'a ladder forgotten by hand',
      file: { status: status({ phase: 'progressing', stage: 'half' }) },
      context: {
        before: good({
          status: status({ phase: 'progressing', stage: 'half', ladder: 'aaaaaaaaaaaa' }),
        }),
      },
      finds: 'error at status.ladder',
    },
    {
      when: 'a resume that is taken back, with the ladder before it',
      file: { status: status({ phase: 'paused', stage: 'half', ladder: 'aaaaaaaaaaaa' }) },
      context: {
        before: good({
          status: status({ phase: 'progressing', stage: 'half', ladder: 'bbbbbbbbbbbb' }),
        }),
      },
    },
    {
      when: 'another start, from which history is counted',
      file: { status: status({ phase: 'progressing', stage: 'half', started: NOW - DAY }) },
      context: {
        before: good({ status: status({ phase: 'progressing', stage: 'half', started: NOW }) }),
      },
      finds: 'error at status.started',
    },
    {
      when: 'mended, with the status it had',
      file: { status: status({ phase: 'progressing', stage: 'half' }) },
      context: { wasInvalid: 'with-this-status' },
    },
    {
      when: 'mended, with another status',
      file: { status: status({ phase: 'progressing', stage: 'half' }) },
      context: { wasInvalid: 'with-another-status' },
      finds: 'error at status',
    },
    {
      when: 'mended, and approved',
      file: { status: status({ approvals: [ADA] }) },
      context: { wasInvalid: 'with-another-status' },
      finds: 'error at status',
    },
    {
      when: 'mended, and nobody can say what its status was',
      file: { status: status({ phase: 'progressing', stage: 'half' }) },
      context: { wasInvalid: 'unreadable' },
      finds: 'warning at status',
    },
    {
      when: 'mended, and for nobody yet',
      file: { status: status() },
      context: { wasInvalid: 'with-another-status' },
    },
    { when: 'new', file: {}, context: { before: 'new' } },
    {
      when: 'paused by hand',
      file: { status: status({ phase: 'paused', stage: 'canary' }) },
      context: { before: good({ status: status({ phase: 'progressing', stage: 'canary' }) }) },
    },
    {
      when: 'left alone',
      file: { status: status({ phase: 'progressing', stage: 'canary' }) },
      context: { before: good({ status: status({ phase: 'progressing', stage: 'canary' }) }) },
    },
  ],
};

/** These say it in their message: what is asked for, and what will happen. */
const NEED_NO_HINT: readonly string[] = [
  'fallback-is-control',
  'shrinking-stage',
  'stage-too-short',
  'start-outside-window',
];

const ROLLOUT_RULES = Object.values(RULES).filter((rule) => rule.about === 'rollout');

describe.each(ROLLOUT_RULES)('$id', ({ id }) => {
  const all = EXAMPLES[id];

  it.each(all)('$when: $finds', ({ file, context, finds }) => {
    expect(found(id, good(file), context)).toEqual(finds === undefined ? [] : [finds]);
  });

  it('has nothing to say of a good file, and something of another', () => {
    expect(found(id, good())).toEqual([]);
    expect(all.some(({ finds }) => finds !== undefined)).toBe(true);
  });

  it('tells what to do', () => {
    const findings = all.flatMap(({ file, context }) => findingsOf(id, good(file), context));
    const silent = findings.some(({ hint }) => hint === undefined);
    expect(silent).toBe(NEED_NO_HINT.includes(id));
  });
});

it('has nothing to say of the examples that are shipped, by any rule', () => {
  const { config, rollouts } = examples();
  expect(rollouts.length).toBeGreaterThan(3);
  for (const each of rollouts) expect(review(each, { config, now: NOW })).toEqual([]);
});

describe('policy.rules', () => {
  it('sets how strict a rule is', () => {
    const as = (severity: 'error' | 'warning' | 'off') =>
      found('jump-to-full', good(stages(full, full)), {
        config: policy({ rules: { 'jump-to-full': severity } }),
      });
    expect(as('error')).toEqual(['error at stages.0.name']);
    expect(as('warning')).toEqual(['warning at stages.0.name']);
    expect(as('off')).toEqual([]);
  });
});

it('calls everyone at once too short as well', () => {
  const jump = good(stages(stage('full', week), stage('again', week)));
  expect(found('jump-to-full', jump)).toEqual(['error at stages.0.name']);
  expect(found('rollout-too-short', jump)).toEqual(['error at stages']);
});

it('says until when a start waits, and why', () => {
  const text = (more: Partial<Policy>, start = NOW + 3 * DAY) =>
    findingsOf('start-outside-window', good({ start }), { config: policy(more) })[0]?.message;
  expect(text({})).toBe(
    '`start` is outside the hours in which flags start and will wait until 2026-12-14T09:00:00Z',
  );
  expect(text({ freezes: [{ from: NOW, to: NOW + 4 * DAY }] })).toBe(
    '`start` is inside a freeze and will wait until 2026-12-14T09:00:00Z',
  );
});

it('tells a file that is new from a status that was changed', () => {
  const live = good({ status: status({ phase: 'progressing', stage: 'half' }) });
  const text = (before: Rollout | 'new') =>
    findingsOf('status-written-by-hand', live, { before })[0]?.message;
  expect(text('new')).toBe('the file is new and already exposes users');
  expect(text(good())).toBe('the status was moved forward by hand');
});

describe('the built-in ladders, at the risk they are meant for', () => {
  const ABOUT_LADDERS = [
    'jump-to-full',
    'no-canary',
    'stage-too-short',
    'rollout-too-short',
    'shrinking-stage',
    'no-baseline',
  ] as const satisfies readonly RuleId[];
  const at = (ladder: string, risk: Risk, checks: readonly Check[] = relative()) => {
    const on = good({ stages: BUILT_IN_LADDERS[ladder] ?? [], risk, checks });
    return ABOUT_LADDERS.flatMap((id) => found(id, on).map((each) => `${id}: ${each}`));
  };

  it.each<[string, Risk]>([
    ['quick', 'low'],
    ['standard', 'low'],
    ['standard', 'medium'],
    ['conservative', 'medium'],
    ['conservative', 'high'],
    ['strangler', 'high'],
  ])('%s at %s risk trips no rule', (ladder, risk) => {
    expect(at(ladder, risk)).toEqual([]);
  });

  it('rings at high risk trip none, given checks that need no control', () => {
    expect(at('rings', 'high', metrics)).toEqual([]);
    expect(at('rings', 'high')).toEqual(['no-baseline: error at checks.3']);
  });

  it('a model’s short stages are said at low risk, and too short in all for more', () => {
    const short = [
      'stage-too-short: warning at stages.1.duration',
      'stage-too-short: warning at stages.2.duration',
    ];
    expect(at('model', 'low')).toEqual(short);
    expect(at('model', 'medium')).toEqual([...short, 'rollout-too-short: error at stages']);
  });

  it('quick is too quick for a medium risk', () => {
    expect(at('quick', 'medium')).toContain('rollout-too-short: error at stages');
  });
});
