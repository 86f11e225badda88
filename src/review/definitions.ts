import { languageOf, type Server, serverOf } from '../files/config/providers.ts';
import type { Baseline, Limits, Metric } from '../model/check.ts';
import type { Config } from '../model/config.ts';
import { childOf, type Json, type Path } from '../model/json.ts';
import { queriesOf } from '../model/metric-queries.ts';
import type { Rollout, Stage } from '../model/rollout.ts';
import type { QueryFinding } from '../promql/read.ts';

/** A query in PromQL, and where the config has it. */
export interface Query {
  readonly path: Path;
  readonly text: string;
  /** Whether Sluice counts by it: it is read raw, and must be a counter. */
  readonly isCounter: boolean;
}

/** A query with what a parser finds in it. */
export interface ReadQuery extends Query {
  readonly findings: readonly QueryFinding[];
}

/** Limits of a metric, or those that a check has in their place. */
export interface LimitsOf {
  readonly metric: Metric;
  readonly limits: Limits;
  readonly baseline: Baseline;
  /** The same as they are written: `300` and `300s` are one limit. */
  readonly written: Json | undefined;
  readonly path: Path;
}

/** A list of stages, and the same as it is written. */
export interface Ladder {
  readonly stages: readonly Stage[];
  readonly written: readonly Json[];
  readonly path: Path;
}

/** A server that metrics come from. */
export interface MetricsServer {
  readonly server: Server;
  readonly path: Path;
}

/** The queries that a config writes in PromQL. */
export function queriesIn(
  { providers, metrics, exposure }: Config,
  written: Json,
): readonly Query[] {
  const isPromql = (name: string): boolean => {
    const provider = providers[name];
    return provider !== undefined && languageOf(provider) === 'promql';
  };
  const ofMetrics = Object.values(metrics)
    .filter(({ name, provider }) => isWritten(written, 'metrics', name) && isPromql(provider))
    .flatMap((metric) =>
      queriesOf(metric).map(({ key, text, isCounter }) => ({
        path: ['metrics', metric.name, key],
        text,
        isCounter,
      })),
    );
  if (exposure === undefined || !isPromql(exposure.provider)) return ofMetrics;
  return [...ofMetrics, { path: ['exposure', 'users'], text: exposure.users, isCounter: true }];
}

/** The limits of the metrics that a config writes. */
export function limitsIn({ metrics }: Config, written: Json): readonly LimitsOf[] {
  return Object.entries(metrics).flatMap(([name, metric]) => {
    const path = ['metrics', name];
    const lines = childOf(childOf(written, 'metrics'), name);
    return lines === undefined
      ? []
      : bothLimits(metric, metric, path, lines, childOf(lines, 'limits'));
  });
}

/** The limits that the checks of a rollout have of their own, or hold against a baseline of their own. */
export function limitsOf({ checks }: Rollout, written: Json): readonly LimitsOf[] {
  return checks.flatMap((check, index) => {
    const { metric } = check;
    const isOwn = check.limits !== metric.limits || check.baseline !== metric.baseline;
    const lines = childOf(childOf(written, 'checks'), index);
    return isOwn ? bothLimits(metric, check, ['checks', index], lines, lines) : [];
  });
}

/** The limits that break, and those that only warn, where there are any: most checks have no others. */
function bothLimits(
  metric: Metric,
  { limits, warn, baseline }: Pick<Metric, 'limits' | 'warn' | 'baseline'>,
  path: Path,
  lines: Json | undefined,
  ofLimits: Json | undefined,
): readonly LimitsOf[] {
  const both: LimitsOf[] = [];
  if (hasAny(limits)) {
    const at = ofLimits === lines ? path : [...path, 'limits'];
    both.push({ metric, baseline, limits, written: ofLimits, path: at });
  }
  if (hasAny(warn)) {
    const written = childOf(lines, 'warn');
    both.push({ metric, baseline, limits: warn, written, path: [...path, 'warn'] });
  }
  return both;
}

const hasAny = (limits: Limits): boolean => Object.keys(limits).length > 0;

/** The ladders that a config writes. */
export function laddersIn({ ladders }: Config, written: Json): readonly Ladder[] {
  return Object.entries(ladders).flatMap(([name, stages]) =>
    ladderAt(stages, childOf(childOf(written, 'ladders'), name), ['ladders', name]),
  );
}

/** The stages of a rollout, if they are in its file. */
export const ladderOf = ({ stages }: Rollout, written: Json): readonly Ladder[] =>
  ladderAt(stages, childOf(written, 'stages'), ['stages']);

const ladderAt = (
  stages: readonly Stage[],
  written: Json | undefined,
  path: Path,
): readonly Ladder[] => (Array.isArray(written) ? [{ stages, written, path }] : []);

/** The servers that a config names. */
export function serversIn({ providers }: Config, written: Json): readonly MetricsServer[] {
  return Object.entries(providers).flatMap(([name, provider]) => {
    const server = serverOf(provider);
    return server && isWritten(written, 'providers', name)
      ? [{ server, path: ['providers', name] }]
      : [];
  });
}

/** Whether something is in the file, rather than built in or given by an option. */
const isWritten = (written: Json, key: string, name: string): boolean =>
  childOf(childOf(written, key), name) !== undefined;
