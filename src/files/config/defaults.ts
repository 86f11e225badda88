import type { Metric } from '../../model/check.ts';
import type { Commands, Config, Policy } from '../../model/config.ts';
import { DAY, HOUR, MINUTE } from '../../time.ts';
import { BUILT_IN_LADDERS } from '../rollout/ladders.ts';

const POLICY: Policy = {
  timezone: 'UTC',
  // Not on a Friday and not late in the day (mission B10): whoever looks after it is still there.
  advance: { days: ['mon', 'tue', 'wed', 'thu'], hours: { from: 9 * 60, to: 16 * 60 } },
  freezes: [],
  risk: {
    low: { totalDuration: DAY, stageDuration: 12 * HOUR, approvals: 0 },
    medium: { totalDuration: 7 * DAY, stageDuration: DAY, approvals: 0 },
    high: { totalDuration: 28 * DAY, stageDuration: DAY, approvals: 1 },
  },
  rules: {},
  confidence: 0.95,
  onBlind: 'hold',
  onMismatch: 'pause',
};

const COMMANDS: Commands = {
  prefix: '/rollout',
  allow: {
    rollback: 'write',
    pause: 'write',
    resume: 'write',
    promote: 'owners',
    approve: 'owners',
    kill: 'write',
    unkill: 'write',
    restart: 'write',
  },
};

/** What a repository without a config has. */
export const DEFAULT_CONFIG: Config = {
  rollouts: 'rollouts/**/*.{yaml,yml}',
  environments: ['production'],
  settle: 5 * MINUTE,
  providers: {},
  metrics: {},
  ladders: BUILT_IN_LADDERS,
  segments: {},
  policy: POLICY,
  rollback: {},
  commands: COMMANDS,
  targets: [],
  channels: [],
};

/** The one label selector the built-in queries share: metrics labelled with the flag and its variant. */
const ARMS = 'flag="{{flag}}",variant="{{variant}}"';

/**
 * The metrics every repository with a Prometheus has, under the names its client libraries
 * document: `http_requests_total` with a `code` label, `http_request_duration_seconds` as a
 * histogram, both labelled with `flag` and `variant`.
 */
export function builtInMetrics(provider: string): Readonly<Record<string, Metric>> {
  const base = {
    provider,
    category: 'technical',
    window: 10 * MINUTE,
    for: 0,
    baseline: { kind: 'control' },
  } as const;
  const latency = (name: string, quantile: number, warn: number, limit: number): Metric => ({
    ...base,
    name,
    kind: 'distribution',
    unit: 'seconds',
    quantile,
    from: { kind: 'buckets', buckets: `http_request_duration_seconds_bucket{${ARMS}}` },
    warn: { maxIncrease: { kind: 'relative', by: warn } },
    limits: { maxIncrease: { kind: 'relative', by: limit } },
  });
  return {
    'error-rate': {
      ...base,
      name: 'error-rate',
      kind: 'proportion',
      unit: 'ratio',
      events: `http_requests_total{${ARMS},code=~"5.."}`,
      total: `http_requests_total{${ARMS}}`,
      limits: { max: 0.01 },
      warn: {},
    },
    'latency-p50': latency('latency-p50', 0.5, 0.1, 0.2),
    'latency-p95': latency('latency-p95', 0.95, 0.25, 0.5),
    'latency-p99': latency('latency-p99', 0.99, 0.25, 0.5),
  };
}
