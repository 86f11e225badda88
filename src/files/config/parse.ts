import { defined } from '../../defined.ts';
import type { ConfigFile, MetricFile, SegmentFile } from '../../generated/files.ts';
import type { Metric, Unit } from '../../model/check.ts';
import type { Config, ProviderConfig, Segment } from '../../model/config.ts';
import type { Json } from '../../model/json.ts';
import type { Finding } from '../../model/problem.ts';
import type { Stage } from '../../model/rollout.ts';
import { SECOND } from '../../time.ts';
import {
  DEFAULT_WINDOW,
  duration,
  error,
  type Report,
  readBaseline,
  readLimits,
  readRollback,
} from '../rollout/parts.ts';
import { readStages } from '../rollout/stages.ts';
import { checkFile } from '../schema-findings.ts';
import { readChannels } from './channels.ts';
import { credentialFindings } from './credentials.ts';
import { DEFAULT_CONFIG } from './defaults.ts';
import { readExposure } from './exposure.ts';
import { formatFinding } from './format.ts';
import { readGlob } from './glob.ts';
import { readPolicy } from './policy.ts';
import { metricsBuiltIn, readProvider } from './providers.ts';
import { readProviderName, reportQuery } from './queries.ts';
import { renameRules } from './renamed-rules.ts';
import { readTargets } from './targets.ts';

export interface ParsedConfig {
  /**
   * Absent if the file has an error that leaves nothing to act on. A refused credential is an error
   * that leaves the rest intact: its value is never looked up, its provider answers nothing, and a
   * kill, or the rollback of a flag with another provider, must not wait until somebody fixes it.
   */
  readonly config?: Config;
  readonly findings: readonly Finding[];
}

export interface ConfigOptions {
  /** A Prometheus for repositories whose config names no provider. */
  readonly prometheusUrl?: string;
  /** A glob of the rollout files for repositories whose config names none. */
  readonly rollouts?: string;
  /** Where the config is, so that no target is written over it. */
  readonly path?: string;
  /** The only variables that it may name as credentials; empty or absent: any that is not reserved. */
  readonly allowedSecrets?: readonly string[];
}

/**
 * Reads the config from the value of its file, with every default filled in. `undefined` stands
 * for a repository without one. Pure.
 */
export function parseConfig(value: Json | undefined, options: ConfigOptions = {}): ParsedConfig {
  const unread = formatFinding(value);
  // What else is wrong with it, by the schema of another version, is no mistake of its author's.
  if (unread) return { findings: [unread] };
  const renamed = renameRules(value ?? null);
  const checked = checkFile('config', renamed.value);
  if (checked.kind === 'invalid') {
    return { findings: [...renamed.findings, ...checked.findings.map(renamed.asWritten)] };
  }
  const findings: Finding[] = [...renamed.findings];
  const file = checked.file ?? {};
  const config = readConfig(file, options, (finding) => findings.push(finding));
  const refused = credentialFindings(file, options.allowedSecrets);
  return findings.some((finding) => finding.severity === 'error')
    ? { findings: [...findings, ...refused] }
    : { config, findings: [...findings, ...refused] };
}

function readConfig(file: NonNullable<ConfigFile>, options: ConfigOptions, report: Report): Config {
  const providers = readProviders(file, options);
  const glob = readGlob(file, options.rollouts, report);
  return {
    ...DEFAULT_CONFIG,
    rollouts: glob,
    ...defined({ environments: file.environments }),
    ...(file.settle === undefined ? {} : { settle: duration(file.settle) }),
    providers,
    metrics: {
      ...metricsBuiltIn(providers),
      ...readMetrics(file, Object.keys(providers), report),
    },
    ...defined({ exposure: readExposure(file, Object.keys(providers), report) }),
    ladders: { ...DEFAULT_CONFIG.ladders, ...readLadders(file, report) },
    segments: mapValues(file.segments ?? {}, readSegment),
    policy: readPolicy(file.policy, report),
    rollback: readRollback(file.rollback),
    commands: {
      prefix: file.commands?.prefix ?? DEFAULT_CONFIG.commands.prefix,
      allow: { ...DEFAULT_CONFIG.commands.allow, ...file.commands?.allow },
    },
    channels: readChannels(file, report),
    targets: readTargets(file, { config: options.path, rollouts: glob }, report),
  };
}

function readProviders(
  file: NonNullable<ConfigFile>,
  options: ConfigOptions,
): Readonly<Record<string, ProviderConfig>> {
  if (file.providers === undefined && options.prometheusUrl !== undefined) {
    return {
      prometheus: {
        type: 'prometheus',
        url: options.prometheusUrl,
        timeout: 30 * SECOND,
        allowHttp: false,
      },
    };
  }
  return mapValues(file.providers ?? {}, readProvider);
}

function readMetrics(
  file: NonNullable<ConfigFile>,
  providers: readonly string[],
  report: Report,
): Readonly<Record<string, Metric>> {
  const metrics: Record<string, Metric> = {};
  for (const [name, metric] of Object.entries(file.metrics ?? {})) {
    const read = readMetric(name, metric, providers, report);
    if (read !== undefined) metrics[name] = read;
  }
  return metrics;
}

function readMetric(
  name: string,
  file: MetricFile,
  providers: readonly string[],
  report: Report,
): Metric | undefined {
  const path = ['metrics', name];
  const kind = kindOf(file);
  const unit = file.unit ?? UNITS[kind];
  const provider = readProviderName(file.provider, providers, path, report);
  for (const key of QUERIES) {
    const text = file[key];
    if (text === undefined) continue;
    const windowed = kind === 'gauge';
    const raw = `give the ${key === 'query' ? 'number' : 'counters'} alone, without rate() or increase(), or make it a gauge`;
    reportQuery(text, [...path, key], { labels: true, ...(windowed ? {} : { raw, kind }) }, report);
  }
  const base = {
    name,
    provider,
    category: file.category ?? 'technical',
    unit,
    window: file.window === undefined ? DEFAULT_WINDOW : duration(file.window),
    for: file.for === undefined ? 0 : duration(file.for),
    limits: readLimits(file.limits, unit, [...path, 'limits'], report) ?? {},
    warn: readLimits(file.warn, unit, [...path, 'warn'], report) ?? {},
    baseline: readBaseline(file.baseline, unit, [...path, 'baseline'], report) ?? {
      kind: 'control',
    },
  } as const;
  for (const key of QUERIES) {
    if (file[key] === undefined || KEYS[kind].includes(key)) continue;
    report(error([...path, key], 'unknown-key', `a ${kind} has no \`${key}\``));
  }
  if (file.quantile !== undefined && (kind !== 'distribution' || file.buckets === undefined)) {
    const what = `\`quantile\` is one of a histogram, and \`${name}\` has no \`buckets\``;
    const hint =
      kind === 'distribution'
        ? 'looks at a number are held against their median'
        : 'give it `buckets:`, or ask for the quantile in the query';
    report(error([...path, 'quantile'], 'unknown-key', what, hint));
  }
  const either = kind === 'distribution' && file.query === undefined;
  const needed = either ? (['buckets'] as const) : NEEDED[kind];
  const missing = needed.find((key) => file[key] === undefined);
  if (missing !== undefined) {
    const what = `the ${kind} \`${name}\` has no \`${missing}\``;
    report(error(path, 'missing-key', what, `add \`${missing}:\``));
    return undefined;
  }
  const query = (key: QueryKey): string => file[key] ?? '';
  switch (kind) {
    case 'gauge':
      return { ...base, kind, query: query('query'), ...defined({ samples: file.samples }) };
    case 'proportion':
      return {
        ...base,
        kind,
        events: query('events'),
        total: query('total'),
        ...(file.zero === 'normal' ? { zeroIsNormal: true } : {}),
      };
    case 'mean':
      return {
        ...base,
        kind,
        count: query('count'),
        sum: query('sum'),
        sumOfSquares: query('sum_of_squares'),
      };
    case 'distribution':
      return {
        ...base,
        kind,
        quantile: file.quantile ?? MEDIAN,
        from:
          file.buckets === undefined
            ? { kind: 'samples', query: query('query') }
            : { kind: 'buckets', buckets: file.buckets },
      };
  }
}

/** What a distribution is about, unless its metric says otherwise. */
const MEDIAN = 0.5;

type QueryKey = (typeof QUERIES)[number];

const QUERIES = [
  'query',
  'samples',
  'events',
  'total',
  'count',
  'sum',
  'sum_of_squares',
  'buckets',
] as const;

/** The queries that each kind may have, and those it must. */
const KEYS: Readonly<Record<Metric['kind'], readonly QueryKey[]>> = {
  gauge: ['query', 'samples'],
  proportion: ['events', 'total'],
  mean: ['count', 'sum', 'sum_of_squares'],
  distribution: ['buckets', 'query'],
};
const NEEDED: typeof KEYS = { ...KEYS, gauge: ['query'], distribution: [] };

const UNITS: Readonly<Record<Metric['kind'], Unit>> = {
  gauge: 'count',
  proportion: 'ratio',
  mean: 'count',
  distribution: 'seconds',
};

/** What its queries say, where the file does not. */
function kindOf(file: MetricFile): Metric['kind'] {
  if (file.kind !== undefined) return file.kind;
  if (file.events !== undefined) return 'proportion';
  if (file.query !== undefined) return 'gauge';
  if (file.total !== undefined) return 'proportion';
  if (file.sum !== undefined || file.count !== undefined) return 'mean';
  return file.buckets === undefined ? 'gauge' : 'distribution';
}

function readLadders(
  file: NonNullable<ConfigFile>,
  report: Report,
): Readonly<Record<string, readonly Stage[]>> {
  return Object.fromEntries(
    Object.entries(file.ladders ?? {}).map(([name, stages]) => [
      name,
      readStages(stages, ['ladders', name], report),
    ]),
  );
}

function readSegment(file: SegmentFile): Segment {
  const operators = ['in', 'not_in', 'starts_with', 'ends_with', 'semver'] as const;
  const operator = operators.find((each) => file[each] !== undefined) ?? 'in';
  return { attribute: file.attribute, operator, values: [file[operator] ?? []].flat() };
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A) => B,
): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
