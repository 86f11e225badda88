import type { Assessment, Known } from '../../src/decide/assessment.ts';
import { nothingKnown } from '../../src/decide/assessment.ts';
import type { RolloutMove } from '../../src/decide/move.ts';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import type { Check, Distribution, Gauge, Mean, Proportion } from '../../src/model/check.ts';
import { claimOf } from '../../src/model/claim.ts';
import type { Config } from '../../src/model/config.ts';
import type { Rollout, Stage, Status } from '../../src/model/rollout.ts';
import type { InsufficientReason, Verdict, VersusControl } from '../../src/model/verdict.ts';
import type { Source } from '../../src/targets/target.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';

/** A Tuesday at ten in the morning, UTC: inside the default window, outside every freeze. */
export const NOW = Date.parse('2026-12-08T10:00:00Z');

export function stage(name: string, more: Partial<Stage> = {}): Stage {
  const duration = more.duration ?? DAY;
  return {
    name,
    segments: [],
    regions: [],
    tiers: [],
    duration,
    maxDuration: 2 * duration,
    approvals: 0,
    shadow: false,
    ...more,
  };
}

/** Employees, then 1 %, 5 % and everyone. */
export const LADDER: readonly Stage[] = [
  stage('internal', { segments: ['employees'], duration: 2 * DAY }),
  stage('canary', { percentage: 1 }),
  stage('early', { percentage: 5, duration: 2 * DAY }),
  stage('full', { percentage: 100, duration: 2 * DAY }),
];

export function status(more: Partial<Status> = {}): Status {
  return { phase: 'pending', serving: 'treatment', approvals: [], entry: 1, baseline: {}, ...more };
}

/** A rollout in `canary` whose dwell of a day is over; nothing holds it. */
export function rollout(more: Partial<Rollout> = {}): Rollout {
  return {
    key: 'new-checkout@production',
    file: 'rollouts/new-checkout.yaml',
    flag: 'new-checkout',
    environment: 'production',
    description: 'One-page checkout',
    owners: ['@acme/payments'],
    risk: 'medium',
    strategy: 'canary',
    variants: { on: true, off: false, simple: false },
    treatment: 'on',
    control: 'off',
    fallback: 'simple',
    bucketBy: 'targetingKey',
    allow: [],
    block: [],
    ladder: { kind: 'inline' },
    stages: LADDER,
    trials: new Map(),
    checks: [],
    autoPromote: true,
    rollback: { via: 'pull-request', to: 'previous', commitAfter: 15 * MINUTE, autoMerge: true },
    labels: {},
    unchecked: [],
    successCriteria: [],
    kill: false,
    status: status({ phase: 'progressing', stage: 'canary', since: NOW - 25 * HOUR }),
    ...more,
  };
}

export const gauge = (more: Partial<Gauge> = {}): Gauge => ({
  name: 'latency',
  kind: 'gauge',
  provider: 'prod',
  category: 'technical',
  unit: 'seconds',
  query: 'latency{variant="{{variant}}"}[{{window}}]',
  window: 10 * MINUTE,
  for: 0,
  limits: {},
  warn: {},
  baseline: { kind: 'control' },
  ...more,
});

export const proportion = (more: Partial<Proportion> = {}): Proportion => ({
  name: 'error-rate',
  kind: 'proportion',
  provider: 'prod',
  category: 'technical',
  unit: 'ratio',
  events: 'errors{variant="{{variant}}"}',
  total: 'requests{variant="{{variant}}"}',
  window: 10 * MINUTE,
  for: 0,
  limits: {},
  warn: {},
  baseline: { kind: 'control' },
  ...more,
});

export const mean = (more: Partial<Mean> = {}): Mean => ({
  ...proportion(),
  name: 'cost',
  kind: 'mean',
  unit: 'currency',
  count: 'orders{variant="{{variant}}"}',
  sum: 'cost{variant="{{variant}}"}',
  sumOfSquares: 'cost_squared{variant="{{variant}}"}',
  ...more,
});

export const distribution = (more: Partial<Distribution> = {}): Distribution => ({
  ...proportion(),
  name: 'latency-p99',
  kind: 'distribution',
  unit: 'seconds',
  quantile: 0.99,
  from: { kind: 'buckets', buckets: 'seconds_bucket{variant="{{variant}}"}' },
  ...more,
});

export const check = (more: Partial<Check> = {}): Check => ({
  metric: gauge(),
  limits: { max: 1 },
  warn: {},
  for: 0,
  window: 10 * MINUTE,
  baseline: { kind: 'control' },
  proof: false,
  required: true,
  onBreach: 'rollback',
  ...more,
});

const evidence = { query: 'latency', window: 10 * MINUTE, warnings: [], points: [] } as const;

const held = (level: 'breach' | 'warn', value: number) => ({
  ...evidence,
  value,
  limits: [{ name: 'max', level, threshold: 1, over: value > 1 } as const],
});

export const pass = (more: Partial<Check> = {}): Verdict => ({
  kind: 'pass',
  check: check(more),
  evidence: held('breach', 0.5),
});

export const breach = (
  more: Partial<Check> = {},
  versusControl: VersusControl = 'unknown',
  far = false,
): Verdict => ({
  kind: 'breach',
  check: check(more),
  evidence: held('breach', 1.5),
  versusControl,
  far,
});

export const warning = (more: Partial<Check> = {}): Verdict => ({
  kind: 'warn',
  check: check(more),
  evidence: held('warn', 1.5),
  versusControl: 'unknown',
  far: false,
});

export const lacking = (reason: InsufficientReason, more: Partial<Check> = {}): Verdict => ({
  kind: 'insufficient',
  reason,
  check: check(more),
  evidence: { ...evidence, limits: [] },
});

export const blind = (more: Partial<Check> = {}): Verdict => ({
  kind: 'unavailable',
  reason: 'timeout',
  detail: 'prometheus.test did not answer within 30s',
  check: check(more),
  evidence: { ...evidence, limits: [] },
});

export function known(more: Partial<Known> = {}): Known {
  return { ...nothingKnown(NOW, DEFAULT_CONFIG.policy), entryStart: NOW - 25 * HOUR, ...more };
}

/** A rollout with what is known of it and what follows. */
export function assessment(
  more: Partial<Assessment> & Pick<Assessment, 'rollout' | 'decision'>,
): Assessment {
  return { ...nothingKnown(NOW, DEFAULT_CONFIG.policy), ...more };
}

/** A step up, on good evidence. */
export function move(more: Partial<RolloutMove> = {}): RolloutMove {
  return {
    of: 'rollout',
    rollout: rollout(),
    action: 'advance',
    to: 'early',
    why: '1d 1h in canary, and all checks pass',
    verdicts: [pass()],
    edits: [],
    lane: 'commit',
    ...more,
  };
}

/** The default config with some metrics and what else a test needs. */
export function config(more: Partial<Config> = {}): Config {
  return { ...DEFAULT_CONFIG, ...more };
}

/** A rollout file that cannot be read, as the targets see it: all it says is where it is. */
export function unread(more: Partial<Extract<Source, { kind: 'invalid' }>> = {}): Source {
  const { file = 'rollouts/new-checkout.yaml' } = more;
  const claim = claimOf(file, () => undefined, { environments: ['staging', 'production'] });
  return { kind: 'invalid', file, killed: false, control: 'off', ...claim, ...more };
}
