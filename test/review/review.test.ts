import { describe, expect, it } from 'vitest';
import { BUILT_IN_LADDERS } from '../../src/files/rollout/ladders.ts';
import type { Check } from '../../src/model/check.ts';
import type { Config, FlagsTargetConfig, Policy } from '../../src/model/config.ts';
import type { Risk, Rollout, Stage } from '../../src/model/rollout.ts';
import { type ReviewContext, review } from '../../src/review/review.ts';
import { DAY, HOUR } from '../../src/time.ts';
import { check, config, gauge, NOW, rollout, stage, status } from '../support/builders.ts';
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

const found = (subject: Rollout, context: Partial<ReviewContext> = {}): readonly string[] =>
  review(subject, { config: CONFIG, now: NOW, ...context }).map(
    ({ severity, code, path }) =>
      `${severity} ${code}${path.length > 0 ? ` at ${path.join('.')}` : ''}`,
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

interface Row {
  readonly when: string;
  readonly file: Partial<Rollout>;
  readonly context?: Partial<ReviewContext>;
  /** Absent: no rule has anything to say. */
  readonly finding?: string;
}

/** A policy that leaves the pace to whoever writes the file. */
const noHurry = {
  risk: { ...CONFIG.policy.risk, medium: { totalDuration: 0, stageDuration: 0, approvals: 0 } },
};

const stages = (...list: readonly Stage[]): Partial<Rollout> => ({ stages: list });

const ROWS: readonly Row[] = [
  { when: 'a good file', file: {} },

  // B2
  {
    when: 'everyone at once',
    file: stages(stage('full', week), stage('again', week)),
    context: { config: policy(noHurry) },
    finding: 'error jump-to-full at stages.0.name',
  },
  {
    when: 'one ring, then everyone',
    file: stages({ ...ring('employees'), ...week }, full),
    finding: 'error jump-to-full at stages.1.name',
  },
  { when: 'two rings, then everyone', file: stages(ring('employees'), ring('standard'), full) },
  {
    when: 'a shadow run, then everyone',
    file: stages(stage('shadow', { shadow: true, ...week }), full),
    finding: 'error jump-to-full at stages.1.name',
  },
  {
    when: '0 % watched, then everyone',
    file: stages(stage('none', { percentage: 0, ...week }), full),
    finding: 'error jump-to-full at stages.1.name',
  },
  {
    when: 'half of one region, then everyone',
    file: stages(stage('half', { percentage: 50, regions: ['au'], ...week }), full),
    finding: 'error jump-to-full at stages.1.name',
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
  {
    when: 'a first share of a fifth',
    file: stages(stage('fifth', { percentage: 20, ...week }), full),
    finding: 'error no-canary at stages.0.percentage',
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
    finding: 'error no-canary at stages.1.percentage',
  },
  {
    when: 'half after 0 %',
    file: stages(
      stage('none', { percentage: 0, ...week }),
      stage('half', { percentage: 50, ...week }),
      full,
    ),
    finding: 'error no-canary at stages.1.percentage',
  },

  // B8
  {
    when: 'a stage of an hour at medium risk',
    file: stages(canary, stage('half', { percentage: 50, duration: HOUR }), full),
    finding: 'warning stage-too-short at stages.1.duration',
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
  {
    when: 'everyone after six days at medium risk',
    file: stages(stage('canary', { percentage: 5, duration: 6 * DAY }), full),
    finding: 'error rollout-too-short at stages',
  },
  {
    when: 'everyone after four weeks at high risk',
    file: { risk: 'high', ...stages(stage('canary', { percentage: 5, duration: 28 * DAY }), full) },
  },
  {
    when: 'everyone after 27 days at high risk',
    file: { risk: 'high', ...stages(stage('canary', { percentage: 5, duration: 27 * DAY }), full) },
    finding: 'error rollout-too-short at stages',
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

  {
    when: 'less after more',
    file: stages(canary, stage('fewer', { percentage: 1, ...week }), full),
    finding: 'warning shrinking-stage at stages.1.percentage',
  },
  {
    when: 'less, but of one region',
    file: stages(canary, stage('fewer', { percentage: 1, regions: ['au'], ...week }), full),
  },

  // E2
  ...[
    { when: 'an experiment of which everyone is by chance', before: [canary] },
    {
      when: 'an experiment after a stage of employees',
      before: [stage('internal', { segments: ['employees'], ...week }), canary],
      finding: 'warning mixed-arms at stages.2.experiment',
    },
    {
      when: 'an experiment beside users who are let in by name',
      before: [canary],
      allow: ['user-1'],
      finding: 'warning mixed-arms at stages.1.experiment',
    },
  ].map(({ when, before, allow = [], finding }) => ({
    when,
    file: {
      ...stages(...before, stage('ab', { percentage: 50, ...week }), full),
      trials: new Map([['ab', experiment()]]),
      allow,
    },
    ...(finding === undefined ? {} : { finding }),
  })),

  // B4, B5, B3
  { when: 'no checks', file: { checks: [] }, finding: 'warning no-checks' },
  {
    when: 'checks that only pause',
    file: { checks: metrics.map((each) => ({ ...each, onBreach: 'pause' })) },
    finding: 'error no-way-back at checks',
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
  {
    when: 'no business metric',
    file: { checks: metrics.filter(({ metric }) => metric.name !== 'business') },
    finding: 'warning missing-business-metric at checks',
  },
  {
    when: 'relative to control, in rings',
    file: { ...stages(ring('employees'), ring('standard'), full), checks: relative() },
    finding: 'error no-baseline at checks.3',
  },
  {
    when: 'a warning relative to control, in rings',
    file: {
      ...stages(ring('employees'), ring('standard'), full),
      checks: relative({ limits: { max: 1 }, warn: { maxRatio: 2 } }),
    },
    finding: 'error no-baseline at checks.3',
  },
  {
    when: 'relative to last week, in rings',
    file: {
      ...stages(ring('employees'), ring('standard'), full),
      checks: relative({ baseline: { kind: 'offset', by: 7 * DAY } }),
    },
  },
  { when: 'relative to control, with a canary', file: { checks: relative() } },
  {
    when: 'a fallback that is the control',
    file: { fallback: 'off', checks: [...metrics, check({ onBreach: 'degrade' })] },
    finding: 'warning fallback-is-control at checks.3.on_breach',
  },
  { when: 'a fallback of its own', file: { checks: [...metrics, check({ onBreach: 'degrade' })] } },

  // B10
  {
    when: 'a start on a Friday',
    file: { start: NOW + 3 * DAY },
    finding: 'warning start-outside-window at start',
  },
  {
    when: 'a start in a freeze',
    file: { start: NOW + DAY },
    context: { config: policy({ freezes: [{ from: NOW, to: NOW + 3 * DAY }] }) },
    finding: 'warning start-outside-window at start',
  },
  { when: 'a start on a Wednesday', file: { start: NOW + DAY } },
  { when: 'a start that has passed', file: { start: NOW - 4 * DAY } },
  {
    when: 'a start on a Friday, long under way',
    file: { start: NOW + 3 * DAY, status: status({ phase: 'progressing', stage: 'canary' }) },
  },

  // What a file cannot mean.
  {
    when: 'a stage that is gone',
    file: { status: status({ phase: 'paused', stage: 'gone' }) },
    finding: 'error unknown-stage at status.stage',
  },
  {
    when: 'a segment that nobody is in',
    file: stages(ring('employees'), ring('testers'), full),
    finding: 'warning unknown-segment at stages.1.segments',
  },
  {
    when: 'a segment named like what every object has',
    file: stages(ring('employees'), ring('constructor'), full),
    finding: 'warning unknown-segment at stages.1.segments',
  },
  {
    when: 'a segment that a target has no words for',
    file: stages(ring('employees'), ring('modern'), full),
    context: { config: targets('flagd', 'go-feature-flag') },
    finding: 'error untold-segment at stages.1.segments',
  },
  {
    when: 'the same segment where every target has words for it',
    file: stages(ring('employees'), ring('modern'), full),
    context: { config: targets('flagd', 'json') },
  },
  {
    when: 'variants that a target cannot hold',
    file: { variants: { on: ['a'], off: [], simple: [] } },
    context: { config: targets('flagd') },
    finding: 'error untold-variants at variants',
  },
  {
    when: 'the same variants where every target can',
    file: { variants: { on: ['a'], off: [], simple: [] } },
    context: { config: targets('go-feature-flag', 'json') },
  },
  {
    when: 'an end on a completed flag',
    file: { end: NOW + DAY, status: status({ phase: 'completed', stage: 'full' }) },
    finding: 'error end-on-completed at end',
  },
  { when: 'an end', file: { end: NOW + DAY } },
  {
    when: 'it expired yesterday',
    file: { expires: NOW - DAY },
    finding: 'warning already-expired at expires',
  },
  { when: 'it expires today', file: { expires: NOW - DAY + 1 } },

  // A status that a person wrote.
  {
    when: 'started by hand',
    file: { status: status({ phase: 'progressing', stage: 'canary' }) },
    context: { before: good() },
    finding: 'error status-by-hand at status',
  },
  {
    when: 'moved up by hand',
    file: { status: status({ phase: 'progressing', stage: 'half' }) },
    context: { before: good({ status: status({ phase: 'progressing', stage: 'canary' }) }) },
    finding: 'error status-by-hand at status',
  },
  {
    when: 'moved up by hand while it is paused',
    file: { status: status({ phase: 'paused', stage: 'half' }) },
    context: { before: good({ status: status({ phase: 'paused', stage: 'canary' }) }) },
    finding: 'error status-by-hand at status',
  },
  {
    when: 'completed by hand',
    file: { status: status({ phase: 'completed', stage: 'full' }) },
    context: { before: good({ status: status({ phase: 'progressing', stage: 'full' }) }) },
    finding: 'error status-by-hand at status',
  },
  {
    when: 'resumed by hand',
    file: { status: status({ phase: 'progressing', stage: 'canary' }) },
    context: { before: good({ status: status({ phase: 'paused', stage: 'canary' }) }) },
    finding: 'error status-by-hand at status',
  },
  {
    when: 'un-degraded by hand',
    file: { status: status({ phase: 'degraded', stage: 'canary' }) },
    context: {
      before: good({ status: status({ phase: 'degraded', stage: 'canary', serving: 'fallback' }) }),
    },
    finding: 'error status-by-hand at status',
  },
  {
    when: 'degraded, then off by hand',
    file: { status: status({ phase: 'pending' }) },
    context: {
      before: good({ status: status({ phase: 'degraded', stage: 'canary', serving: 'fallback' }) }),
    },
  },
  {
    when: 'new and already live',
    file: { status: status({ phase: 'completed', stage: 'full' }) },
    context: { before: 'new' },
    finding: 'error status-by-hand at status',
  },
  {
    when: 'new and paused where it is, by hand',
    file: { status: status({ phase: 'paused', stage: 'half' }) },
    context: { before: 'new' },
    finding: 'error status-by-hand at status',
  },
  {
    when: 'new and live, as an import writes it',
    file: { status: status({ phase: 'paused', stage: 'half', reason: 'imported' }) },
    context: { before: 'new' },
    finding: 'warning status-by-hand at status',
  },
  {
    when: 'new and approved by two, and nobody has it yet',
    file: { status: status({ approvals: [ADA, { by: 'bob', stage: 'canary' }] }) },
    context: { before: 'new' },
    finding: 'error status-by-hand at status.approvals',
  },
  {
    when: 'new with levels that nobody measured',
    file: { status: status({ baseline: { errors: 0.5 } }) },
    context: { before: 'new' },
    finding: 'error status-by-hand at status.baseline',
  },
  {
    when: 'new with levels of a completion that never was',
    file: { status: status({ levels: { errors: 0.5 } }) },
    context: { before: 'new' },
    finding: 'error status-by-hand at status.levels',
  },
  {
    when: 'new with a ladder that nobody started on',
    file: { status: status({ ladder: 'aaaaaaaaaaaa' }) },
    context: { before: 'new' },
    finding: 'error status-by-hand at status.ladder',
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
    finding: 'error status-by-hand at status',
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
    finding: 'error status-by-hand at status.approvals',
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
    finding: 'error status-by-hand at status.approvals',
  },
  {
    when: 'an approval taken back by hand',
    file: { status: status({ phase: 'progressing', stage: 'canary' }) },
    context: {
      before: good({ status: status({ phase: 'progressing', stage: 'canary', approvals: [ADA] }) }),
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
    finding: 'error status-by-hand at status.baseline',
  },
  {
    when: 'levels of drift taken away by hand',
    file: { status: status({ phase: 'completed', stage: 'full' }) },
    context: {
      before: good({
        status: status({ phase: 'completed', stage: 'full', levels: { errors: 0.01 } }),
      }),
    },
    finding: 'error status-by-hand at status.levels',
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
    finding: 'error status-by-hand at status.baseline',
  },
  {
    when: 'a ladder by hand',
    file: { status: status({ phase: 'progressing', stage: 'half', ladder: 'bbbbbbbbbbbb' }) },
    context: {
      before: good({
        status: status({ phase: 'progressing', stage: 'half', ladder: 'aaaaaaaaaaaa' }),
      }),
    },
    finding: 'error status-by-hand at status.ladder',
  },
  {
    when: 'a ladder forgotten by hand',
    file: { status: status({ phase: 'progressing', stage: 'half' }) },
    context: {
      before: good({
        status: status({ phase: 'progressing', stage: 'half', ladder: 'aaaaaaaaaaaa' }),
      }),
    },
    finding: 'error status-by-hand at status.ladder',
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
    finding: 'error status-by-hand at status.started',
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
    finding: 'error status-by-hand at status',
  },
  {
    when: 'mended, and approved',
    file: { status: status({ approvals: [ADA] }) },
    context: { wasInvalid: 'with-another-status' },
    finding: 'error status-by-hand at status',
  },
  {
    when: 'mended, and nobody can say what its status was',
    file: { status: status({ phase: 'progressing', stage: 'half' }) },
    context: { wasInvalid: 'unreadable' },
    finding: 'warning status-by-hand at status',
  },
  {
    when: 'mended, and for nobody yet',
    file: { status: status() },
    context: { wasInvalid: 'with-another-status' },
  },
  { when: 'new', file: {}, context: { before: 'new' } },
  {
    when: 'moved back by hand',
    file: { status: status({ phase: 'progressing', stage: 'canary' }) },
    context: { before: good({ status: status({ phase: 'progressing', stage: 'half' }) }) },
  },
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
];

it.each(ROWS)('$when: $finding', ({ file, context, finding }) => {
  expect(found(good(file), context)).toEqual(finding === undefined ? [] : [finding]);
});

describe('policy.rules', () => {
  const jump = good(stages(stage('full', week), stage('again', week)));

  it('sets how strict a rule is', () => {
    const as = (severity: 'error' | 'warning' | 'off') =>
      found(jump, { config: policy({ ...noHurry, rules: { 'jump-to-full': severity } }) });
    expect(as('warning')).toEqual(['warning jump-to-full at stages.0.name']);
    expect(as('off')).toEqual([]);
  });
});

it('tells what to do about each', () => {
  const without = ROWS.filter(({ finding }) => finding !== undefined)
    .flatMap(({ file, context }) => review(good(file), { config: CONFIG, now: NOW, ...context }))
    .filter(({ hint }) => hint === undefined)
    .map(({ code }) => code);
  // These say it in their message: what is asked for, and what will happen.
  expect([...new Set(without)].toSorted()).toEqual([
    'fallback-is-control',
    'shrinking-stage',
    'stage-too-short',
    'start-outside-window',
  ]);
});

it('calls everyone at once too short as well', () => {
  expect(found(good(stages(stage('full', week), stage('again', week))))).toEqual([
    'error jump-to-full at stages.0.name',
    'error rollout-too-short at stages',
  ]);
});

it('says until when a start waits, and why', () => {
  const text = (more: Partial<Policy>, start = NOW + 3 * DAY) =>
    review(good({ start }), { config: policy(more), now: NOW })[0]?.message;
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
    review(live, { config: CONFIG, now: NOW, before })[0]?.message;
  expect(text('new')).toBe('the file is new and already exposes users');
  expect(text(good())).toBe('the status was moved forward by hand');
});

describe('the built-in ladders, at the risk they are meant for', () => {
  const at = (ladder: string, risk: Risk, checks: readonly Check[] = relative()) =>
    found(good({ stages: BUILT_IN_LADDERS[ladder] ?? [], risk, checks }));

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
    expect(at('rings', 'high')).toEqual(['error no-baseline at checks.3']);
  });

  it('a model’s short stages are said at low risk, and too short in all for more', () => {
    const short = [
      'warning stage-too-short at stages.1.duration',
      'warning stage-too-short at stages.2.duration',
    ];
    expect(at('model', 'low')).toEqual(short);
    expect(at('model', 'medium')).toEqual([...short, 'error rollout-too-short at stages']);
  });

  it('quick is too quick for a medium risk', () => {
    expect(at('quick', 'medium')).toContain('error rollout-too-short at stages');
  });
});
