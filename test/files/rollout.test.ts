import { describe, expect, it } from 'vitest';
import { ladderDigest } from '../../src/files/rollout/parse.ts';
import type { Config } from '../../src/model/config.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { configOf, inWords, readRollout, rolloutOf } from '../support/files.ts';

const CONFIG = configOf(`
providers:
  prod: {type: prometheus, url: https://prometheus.acme.example}
metrics:
  conversion: {category: business, kind: proportion, events: orders, total: visits, limits: {max_decrease: 10%}}
  queue: {query: 'queue{team="{{labels.team}}"}', unit: count, limits: {max: 5}}
  load: {query: load, unit: count}
  patience: {query: load, unit: count, for: 10m, limits: {max: 3}}
segments:
  employees: {attribute: email, ends_with: '@acme.example'}
`);
const TWO: Config = { ...CONFIG, environments: ['staging', 'production'] };

/** The examples of the design, §1, as they are written there. */
const SHORT = `
flag: new-checkout
description: One-page checkout
owners: ['@acme/payments']
risk: medium
expires: 2027-03-01
stages: standard                      # a ladder by name
checks: [error-rate, latency-p99, conversion]   # metrics with the limits the config gives them
`;
const LONG = `
flag: new-checkout
environment: production               # default: the config's only one
after: staging                        # start only once it is completed there
owners: ['@acme/payments']
risk: medium
expires: 2027-03-01
strategy: canary                      # canary | ring | percentage | blue-green | shadow | ab-test
variants: {'on': true, 'off': false}  # any JSON values of one type
treatment: 'on'                       # the variant being rolled out
control: 'off'                        # what everyone else gets
fallback: 'off'                       # what the exposed users get when we degrade
bucket_by: targetingKey
allow: [user-1]
block: [user-2]
start: 2026-12-01T09:00:00Z
stages:
  - {name: internal, segments: [employees], duration: 2d}
  - {name: canary, percentage: 1, duration: 1d}
  - {name: early, percentage: 5, regions: [au, nz], duration: 2d}
  - {name: quarter, percentage: 25, duration: 3d, approvals: 1}
  - {name: half, percentage: 50, duration: 3d, max_duration: 7d}
  - {name: full, percentage: 100, duration: 2d}
checks:
  - {metric: error-rate, max: 1%, max_increase: 5%, for: 10m, on_breach: rollback}
  - {metric: latency-p95, warn: {max_increase: 25%}, max_increase: 50%}
  - {metric: conversion, max_decrease: 10%, min_samples: 1000}
status:                               # written by Sluice; people change it through commands
  phase: progressing                  # pending | progressing | paused | rolled-back | degraded | completed
  stage: canary
  since: 2026-12-03T09:05:11Z
`;

describe('the examples of the design', () => {
  it('reads the short one', () => {
    const { rollout, findings } = readRollout(SHORT, CONFIG);
    expect(findings).toEqual([]);
    expect(rollout).toMatchObject({
      key: 'new-checkout@production',
      expires: Date.UTC(2027, 2, 1),
      variants: { on: true, off: false },
      treatment: 'on',
      control: 'off',
      fallback: 'off',
      strategy: 'canary',
      bucketBy: 'targetingKey',
      ladder: { kind: 'named', name: 'standard' },
      rollback: { via: 'pull-request', to: 'previous', commitAfter: 15 * MINUTE, autoMerge: true },
      autoPromote: true,
      kill: false,
      status: { phase: 'pending', serving: 'treatment', approvals: [], baseline: {} },
    });
    expect(rollout?.stages.map(({ name }) => name)).toEqual([
      'internal',
      'canary',
      'early',
      'quarter',
      'half',
      'full',
    ]);
    expect(rollout?.checks.map(({ metric, limits }) => [metric.name, limits])).toEqual([
      ['error-rate', { max: 0.01 }],
      ['latency-p99', { maxIncrease: { kind: 'relative', by: 0.5 } }],
      ['conversion', { maxDecrease: { kind: 'relative', by: 0.1 } }],
    ]);
  });

  it('reads the long one', () => {
    const { rollout, findings } = readRollout(LONG, TWO, 'rollouts/production/new-checkout.yaml');
    expect(findings).toEqual([]);
    expect(rollout).toMatchObject({
      environment: 'production',
      after: 'staging',
      allow: ['user-1'],
      block: ['user-2'],
      start: Date.UTC(2026, 11, 1, 9),
      ladder: { kind: 'inline' },
      status: { phase: 'progressing', stage: 'canary', since: Date.UTC(2026, 11, 3, 9, 5, 11) },
    });
    expect(rollout?.stages[2]).toEqual({
      name: 'early',
      percentage: 5,
      segments: [],
      regions: ['au', 'nz'],
      tiers: [],
      duration: 2 * DAY,
      maxDuration: 4 * DAY,
      approvals: 0,
      shadow: false,
    });
    expect(rollout?.stages[3]?.approvals).toBe(1);
    expect(rollout?.stages[4]?.maxDuration).toBe(7 * DAY);
    expect(rollout?.checks).toMatchObject([
      {
        limits: { max: 0.01, maxIncrease: { kind: 'relative', by: 0.05 } },
        warn: {},
        for: 10 * MINUTE,
        onBreach: 'rollback',
        minSamples: { count: 1000 },
      },
      {
        limits: { maxIncrease: { kind: 'relative', by: 0.5 } },
        warn: { maxIncrease: { kind: 'relative', by: 0.25 } },
        for: 0,
        required: true,
      },
      { minSamples: { count: 1000 }, baseline: { kind: 'control' } },
    ]);
  });
});

/** The least a file needs; a test adds a line, or writes one anew. */
const LINES: Readonly<Record<string, string>> = {
  flag: 'flag: new-checkout',
  owners: "owners: ['@ada']",
  stages: 'stages: quick',
};

function file(...lines: readonly string[]): string {
  const byKey = new Map(Object.entries(LINES));
  for (const line of lines) byKey.set(line.split(':')[0] ?? line, line);
  return [...byKey.values()].join('\n');
}

const stages = (stage: string): string => `stages: [${stage}]`;
const checks = (check: string): string => `checks: [${check}]`;

/** A slip, and the one finding it gives: code, path, message and hint. */
const SLIPS: readonly (readonly [slip: string, finding: string])[] = [
  // Keys.
  [
    'persentage: 5',
    'unknown-key at persentage: unknown key `persentage` (there are: flag, description, environment, after, owners, risk, expires, strategy, variants, treatment, control, fallback, …)',
  ],
  ['stagess: quick', 'unknown-key at stagess: unknown key `stagess` (did you mean `stages`?)'],
  [
    stages('{name: a, percent: 5, duration: 1d}'),
    'unknown-key at stages.0.percent: unknown key `percent` (did you mean `percentage`?)',
  ],
  [
    checks('{metric: load, max: 5, on_breech: pause}'),
    'unknown-key at checks.0.on_breech: unknown key `on_breech` (did you mean `on_breach`?)',
  ],
  [
    checks('{metric: load, max: 5, warn: {mx: 5}}'),
    'unknown-key at checks.0.warn.mx: unknown key `mx` (did you mean `max`?)',
  ],
  [
    'status: {phase: pending, stge: a}',
    'unknown-key at status.stge: unknown key `stge` (did you mean `stage`?)',
  ],
  [
    checks('{metric: load, max: 5, baseline: {ofset: 7d}}'),
    'unknown-key at checks.0.baseline.ofset: unknown key `ofset` (did you mean `offset`?)',
  ],
  [stages('{name: a}'), 'missing-key at stages.0: `stages[0]` has no `duration` (add `duration:`)'],
  [checks('{max: 5}'), 'missing-key at checks.0: `checks[0]` has no `metric` (add `metric:`)'],
  ['status: {stage: a}', 'missing-key at status: `status` has no `phase` (add `phase:`)'],
  // Types and values.
  ['owners: ada', 'wrong-type at owners: `owners` must be a list'],
  [
    "owners: ['ada']",
    "bad-value at owners.0: `owners[0]` must be a GitHub user or team, such as '@octocat' or '@acme/payments'",
  ],
  ['kill: maybe', 'wrong-type at kill: `kill` must be true or false'],
  [
    'risk: hihg',
    'bad-value at risk: `risk` must be one of low, medium, high (did you mean `high`?)',
  ],
  [
    'status: {phase: started}',
    'bad-value at status.phase: `status.phase` must be one of pending, progressing, paused, rolled-back, degraded, completed',
  ],
  [
    stages('{name: a, duration: 2 days}'),
    'bad-value at stages.0.duration: `stages[0].duration` must be a duration such as 10m, 24h, 2d or 1w',
  ],
  [
    stages('{name: a, duration: 2}'),
    'wrong-type at stages.0.duration: `stages[0].duration` must be a duration such as 10m, 24h, 2d or 1w',
  ],
  [
    stages('{name: a, percentage: 101, duration: 1d}'),
    'bad-value at stages.0.percentage: `stages[0].percentage` must be <= 100 (use a percentage from 0 to 100, in steps of 0.001, such as 5 or 5%)',
  ],
  [
    stages('{name: a, percentage: 101%, duration: 1d}'),
    'bad-value at stages.0.percentage: `stages[0].percentage` must be a percentage from 0 to 100, in steps of 0.001, such as 5 or 5%',
  ],
  [
    stages('{name: a, percentage: 0.0005, duration: 1d}'),
    'too-fine at stages.0.percentage: 0.0005 % is finer than 0.001 % (use 0.001)',
  ],
  [
    stages('{name: a, shadow: true, percentage: 5, duration: 1d}'),
    'shadow-exposes at stages.0.percentage: a shadow stage exposes nobody (use 0)',
  ],
  [
    stages('{name: a, duration: 2d, max_duration: 1d}'),
    'bad-value at stages.0.max_duration: `max_duration` is shorter than `duration`',
  ],
  [
    stages('{name: a, duration: 1d}, {name: a, duration: 1d}'),
    'duplicate-stage at stages.1.name: there are two stages `a`',
  ],
  ['stages: 5', "wrong-type at stages: `stages` must be a ladder's name or a list of stages"],
  [
    'flag: new checkout',
    'bad-value at flag: `flag` must be a name of letters, digits, single dots, dashes and underscores, starting and ending with a letter or digit, at most 100 long',
  ],
  [
    'rollback: {commit_after: soon}',
    'bad-value at rollback.commit_after: `rollback.commit_after` must be a duration such as 15m, or never',
  ],
  // Dates.
  ['expires: 2026-02-30', 'no-such-date at expires: `expires` is a date that does not exist'],
  ['start: 2026-12-01T25:00:00Z', 'no-such-date at start: `start` is a date that does not exist'],
  [
    'status: {phase: paused, since: 2026-13-01}',
    'no-such-date at status.since: `since` is a date that does not exist',
  ],
  [
    'expires: tomorrow',
    'bad-value at expires: `expires` must be an ISO 8601 date or time such as 2026-12-01 or 2026-12-01T09:00:00Z',
  ],
  ['end: 2026-12-01\nstart: 2026-12-01', 'bad-value at end: `end` is not after `start`'],
  // Names that are nowhere.
  [
    'flag: other',
    'file-name at flag: the flag is `other` but the file is called after `new-checkout` (rename the file to other.yaml, or the flag)',
  ],
  [
    'stages: standart',
    'unknown-ladder at stages: there is no ladder `standart` (did you mean `standard`?)',
  ],
  [
    checks('eror-rate'),
    'unknown-metric at checks.0: there is no metric `eror-rate` (did you mean `error-rate`?)',
  ],
  [
    checks('constructor'),
    'unknown-metric at checks.0: there is no metric `constructor` (there are: error-rate, latency-p50, latency-p95, latency-p99, conversion, queue, load, patience)',
  ],
  [
    'environment: prodution',
    'unknown-environment at environment: environment `prodution` is not in the config (did you mean `production`?)',
  ],
  [
    'after: production',
    'unknown-environment at after: `after` names `production`, which is no other environment of the config (none is defined)',
  ],
  // Variants.
  [
    "treatment: 'onn'",
    'unknown-variant at treatment: the treatment is `onn`, which is not among the variants (did you mean `on`?)',
  ],
  [
    "control: 'offf'",
    'unknown-variant at control: the control is `offf`, which is not among the variants (did you mean `off`?)',
  ],
  [
    "fallback: 'offf'",
    'unknown-variant at fallback: the fallback is `offf`, which is not among the variants (did you mean `off`?)',
  ],
  [
    "variants: {'on': 1, 'no': 2}",
    'unknown-variant at variants: the control is `off`, which is not among the variants (there are: on, no)',
  ],
  [
    "variants: {'on': true, 'off': 'false'}",
    'mixed-variants at variants: variants have values of several types: boolean, string (give all variants values of one type)',
  ],
  ["control: 'on'", 'bad-value at treatment: treatment and control are the same variant'],
  [
    "fallback: 'on'",
    'bad-value at fallback: the fallback is the treatment itself, so degrading would change nothing (name a simpler variant, or leave it out)',
  ],
  // Checks.
  [
    checks('load'),
    'no-limits at checks.0: the check of `load` has no limits (give it max, min, max_increase, max_decrease or max_ratio, here or in the config)',
  ],
  [
    checks('{metric: load, max: 5%}'),
    'bad-limit at checks.0.max: max: a limit in % needs a metric whose unit is ratio; this one is count',
  ],
  [
    checks('{metric: load, min: 3s}'),
    'bad-limit at checks.0.min: min: a limit in s needs a metric in seconds or milliseconds',
  ],
  [
    checks('{metric: load, max_increase: 1pp}'),
    'bad-limit at checks.0.max_increase: max_increase: percentage points need a metric whose unit is ratio; this one is count',
  ],
  [
    checks('{metric: error-rate, max: 5}'),
    'bad-limit at checks.0.max: max: 5 on a ratio is 500 %; write 5% if that is meant',
  ],
  [
    checks('{metric: load, max: 5, warn: {max: 4%}}'),
    'bad-limit at checks.0.warn.max: max: a limit in % needs a metric whose unit is ratio; this one is count',
  ],
  [
    checks('{metric: load, max: 5, baseline: {value: 4%}}'),
    'bad-limit at checks.0.baseline: a limit in % needs a metric whose unit is ratio; this one is count',
  ],
  [
    checks('{metric: load, max: five}'),
    "bad-value at checks.0.max: `checks[0].max` must be a number in the metric's unit, or written as 1%, 250ms or 3s",
  ],
  [
    checks('{metric: load, max_increase: -5%}'),
    "bad-value at checks.0.max_increase: `checks[0].max_increase` must be a relative change such as 5%, percentage points such as 0.5pp, or a difference in the metric's unit",
  ],
  [
    checks('{metric: load, max: 5, min_samples: 100}'),
    'uncounted at checks.0.min_samples: `min_samples` needs a metric that counts its samples, and `load` does not (give the metric a `samples` query in the config, or make it a proportion)',
  ],
  [
    checks('queue'),
    'missing-label at checks.0: the query of `queue` wants the label `team` (add `labels: {team: …}` to the rollout)',
  ],
];

describe('one slip is one finding, with what to do about it', () => {
  it.each(SLIPS)('%s', (slip, finding) => {
    const { rollout, findings } = readRollout(file(slip), CONFIG);
    expect(findings.map(inWords)).toEqual([finding]);
    expect(findings[0]?.severity).toBe('error');
    expect(rollout).toBeUndefined();
  });
});

it('accepts the file that the slips are made in', () => {
  expect(readRollout(file(), CONFIG).findings).toEqual([]);
});

it('says where metrics come from in a repository that has none', () => {
  const { findings } = readRollout(file(checks('error-rate')), { ...CONFIG, metrics: {} });
  expect(findings.map(inWords)).toEqual([
    'unknown-metric at checks.0: there is no metric `error-rate` (add it to `metrics` in the config, or give a Prometheus address for the built-in ones)',
  ]);
});

it('says all that is missing, and does not hide a second slip behind a first', () => {
  expect(readRollout('{}', CONFIG).findings.map(inWords)).toEqual([
    'missing-key: the file has no `flag` (add `flag:`)',
    'missing-key: the file has no `owners` (add `owners:`)',
    'missing-key: the file has no `stages` (add `stages:`)',
  ]);
  const two = readRollout(file('expires: 2026-02-30', 'stages: slow'), CONFIG).findings;
  expect(two.map(({ code }) => code).toSorted()).toEqual(['no-such-date', 'unknown-ladder']);
  const three = readRollout(file('risk: hihg', 'kil: true', 'owners: []'), CONFIG).findings;
  expect(three.map(({ path }) => path[0]).toSorted()).toEqual(['kil', 'owners', 'risk']);
});

it.each(['[]', 'text', '5', 'null', 'true'])('refuses a file that is %s', (text) => {
  const { findings } = readRollout(text, CONFIG);
  expect(findings.map(({ code, path }) => [code, path])).toEqual([['wrong-type', []]]);
});

describe('the environment', () => {
  const where = (path: string, ...lines: string[]) => {
    const { rollout, findings } = readRollout(file(...lines), TWO, path);
    return rollout?.key ?? findings.map(inWords).join();
  };

  it('is the key, or the folder', () => {
    expect(where('rollouts/new-checkout.yaml', 'environment: staging')).toBe(
      'new-checkout@staging',
    );
    expect(where('rollouts/staging/new-checkout.yaml')).toBe('new-checkout@staging');
    expect(where('rollouts/staging/new-checkout.yml', 'environment: staging')).toBe(
      'new-checkout@staging',
    );
    expect(where('flags/checkout/production/new-checkout.yaml')).toBe('new-checkout@production');
  });

  it('is not the folder that all the files are in', () => {
    expect(where('staging/new-checkout.yaml', 'environment: production')).toBe(
      'new-checkout@production',
    );
  });

  it('must be said where there are several', () => {
    expect(where('rollouts/new-checkout.yaml')).toBe(
      'missing-key: the file does not say which environment it is for (add `environment:` (staging, production), or move it to a folder called after one)',
    );
  });

  it('must not be said twice and differently', () => {
    expect(where('rollouts/staging/new-checkout.yaml', 'environment: production')).toBe(
      'environment-folder at environment: environment `production` in the folder of `staging` (move the file to production/, or drop the key)',
    );
  });

  it('is never guessed for a folder that may well be meant as one', () => {
    const { findings } = readRollout(file(), CONFIG, 'rollouts/staging/new-checkout.yaml');
    expect(findings.map(inWords).join()).toMatch(
      /^unknown-environment: the file is in the folder `staging`, which is no environment/,
    );
    expect(readRollout(file(), CONFIG, 'rollouts/new-checkout.yaml').findings).toEqual([]);
  });

  it('is not a folder that is no environment', () => {
    expect(where('rollouts/team-a/new-checkout.yaml', 'environment: staging')).toBe(
      'new-checkout@staging',
    );
  });

  it('comes after another one', () => {
    expect(where('rollouts/production/new-checkout.yaml', 'after: staging')).toBe(
      'new-checkout@production',
    );
    expect(where('rollouts/production/new-checkout.yaml', 'after: stagin')).toMatch(
      /^unknown-environment at after: .*did you mean `staging`/,
    );
  });
});

describe('short forms are written out', () => {
  const read = (...lines: string[]) => rolloutOf(file(...lines), CONFIG);

  it('takes the limits of the metric where a check has none, and with them its warning', () => {
    const [named] = read(checks('latency-p95')).checks;
    expect(named?.warn).toEqual({ maxIncrease: { kind: 'relative', by: 0.25 } });
    const [own] = read(checks('{metric: latency-p95, max: 3s}')).checks;
    expect(own).toMatchObject({ limits: { max: 3 }, warn: {} });
    expect(own?.limits.maxIncrease).toBeUndefined();
  });

  it('takes how long a breach must last from the metric, unless the check says', () => {
    expect(read(checks('patience')).checks[0]?.for).toBe(10 * MINUTE);
    expect(read(checks('{metric: patience, for: 0s}')).checks[0]?.for).toBe(0);
  });

  it('takes the window from the metric, unless the check says', () => {
    expect(read(checks('latency-p95')).checks[0]?.window).toBe(10 * MINUTE);
    expect(read(checks('{metric: latency-p95, window: 1h}')).checks[0]?.window).toBe(HOUR);
  });

  it('waits for a thousand samples where they are counted', () => {
    const needed = (check: string) => read(checks(check)).checks[0]?.minSamples;
    expect(needed('error-rate')).toEqual({ count: 1000 });
    expect(needed('{metric: error-rate, min_samples: 50}')).toEqual({ count: 50 });
    expect(needed('{metric: error-rate, min_samples: {count: 50, or_after: 24h}}')).toEqual({
      count: 50,
      orAfter: DAY,
    });
    expect(needed('{metric: load, max: 5}')).toBeUndefined();
  });

  it('compares with what the check says, or the metric', () => {
    const baseline = (how: string) =>
      read(checks(`{metric: latency-p95, max_ratio: 2, baseline: ${how}}`)).checks[0]?.baseline;
    expect(baseline('control')).toEqual({ kind: 'control' });
    expect(baseline('{offset: 1w}')).toEqual({ kind: 'offset', by: 7 * DAY });
    expect(baseline('{before_start: 24h}')).toEqual({ kind: 'before-start', over: 24 * HOUR });
    expect(baseline('{value: 250ms}')).toEqual({ kind: 'value', value: 0.25 });
  });

  it('looks at drift over a day, or as long as it says', () => {
    const drift = (how: string) =>
      read(checks(`{metric: latency-p95, max: 3s, drift: ${how}}`)).checks[0]?.drift;
    expect(drift('5%')).toEqual({ by: 0.05, over: DAY });
    expect(drift('{by: 2.5%, over: 1w}')).toEqual({ by: 0.025, over: 7 * DAY });
    expect(read(checks('latency-p95')).checks[0]?.drift).toBeUndefined();
  });

  it('commits at once where risk is high, unless somebody says otherwise', () => {
    expect(read('risk: high').rollback.via).toBe('commit');
    expect(read('risk: high', 'rollback: {via: pull-request}').rollback.via).toBe('pull-request');
    const strict = { ...CONFIG, rollback: { via: 'commit', to: 'off' } as const };
    expect(rolloutOf(file(), strict).rollback).toEqual({
      via: 'commit',
      to: 'off',
      commitAfter: 15 * MINUTE,
      autoMerge: true,
    });
    expect(
      rolloutOf(file('rollback: {to: previous, commit_after: never}'), strict).rollback,
    ).toEqual({ via: 'commit', to: 'previous', commitAfter: 'never', autoMerge: true });
  });

  it('caps every share', () => {
    const shares = (...lines: string[]) =>
      read(...lines).stages.map(({ percentage }) => percentage);
    expect(shares('cap: 40')).toEqual([5, 25, 40, 40]);
    expect(shares('cap: 100')).toEqual([5, 25, 50, 100]);
    expect(shares('cap: 40', stages('{name: a, duration: 1d}'))).toEqual([40]);
    expect(shares('cap: 40', 'stages: model')[0]).toBe(0);
  });

  it('takes a percentage with its sign', () => {
    const shares = (...lines: string[]) =>
      read(...lines).stages.map(({ percentage }) => percentage);
    const written = stages(
      '{name: a, percentage: 0.5%, duration: 1d}, {name: b, percentage: 100%, duration: 1d}',
    );
    expect(shares(written)).toEqual([0.5, 100]);
    expect(shares('cap: 40%')).toEqual([5, 25, 40, 40]);
  });

  it('lists what the checklist does not confirm', () => {
    const line = 'checklist: {monitoring_configured: true, on_call_confirmed: false}';
    expect(read(line).unchecked).toEqual(['on_call_confirmed']);
  });

  it('names a ladder by what is in it, so that a change is seen', () => {
    const { ladder, stages } = read('stages: quick');
    expect(ladder).toEqual({ kind: 'named', name: 'quick', digest: ladderDigest(stages) });
    const [first, ...rest] = stages;
    if (!first) throw new Error('no stages');
    expect(ladderDigest([{ ...first, duration: first.duration + 1 }, ...rest])).not.toBe(
      ladderDigest(stages),
    );
    // A cap is the rollout's own; the ladder is still the ladder.
    expect(read('stages: quick', 'cap: 40').ladder).toEqual(ladder);
  });

  it('reads the status whole', () => {
    const status = `status:
  phase: completed
  stage: full
  since: 2026-12-03T09:05:11Z
  started: '2026-11-03'
  serving: fallback
  approvals: [{by: ada, stage: full}]
  baseline: {error-rate: 0.002}
  ladder: 0123456789ab
  reason: well`;
    expect(read(status).status).toEqual({
      entry: 1,
      phase: 'completed',
      stage: 'full',
      since: Date.UTC(2026, 11, 3, 9, 5, 11),
      started: Date.UTC(2026, 10, 3),
      serving: 'fallback',
      approvals: [{ by: 'ada', stage: 'full' }],
      baseline: { 'error-rate': 0.002 },
      ladder: '0123456789ab',
      reason: 'well',
    });
    expect(read('status:').status.phase).toBe('pending');
  });
});
