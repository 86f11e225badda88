import { defined } from '../../defined.ts';
import type { CheckFile, RolloutFile } from '../../generated/files.ts';
import type { Check, Metric } from '../../model/check.ts';
import type { Config } from '../../model/config.ts';
import { hasLimits } from '../../model/limits.ts';
import { missingLabels } from '../../model/metric-queries.ts';
import { didYouMean } from '../../model/suggest.ts';
import { DAY } from '../../time.ts';
import { duration, error, type Report, readBaseline, readLimits } from './parts.ts';

/** Sample size a check waits for where its metric counts samples (mission C5). */
const DEFAULT_MIN_SAMPLES = 1_000;

interface CheckContext {
  readonly file: RolloutFile;
  readonly config: Config;
  readonly report: Report;
}

/**
 * Reads one check: the metric's own limits where the check names it alone. Empty, with a finding,
 * where there is no such metric.
 */
export function readCheck(
  file: CheckFile,
  path: readonly (string | number)[],
  { file: rollout, config, report }: CheckContext,
): readonly Check[] {
  const known = Object.keys(config.metrics);
  const metric = Object.hasOwn(config.metrics, file.metric)
    ? config.metrics[file.metric]
    : undefined;
  if (metric === undefined) {
    report(
      error(
        path,
        'unknown-metric',
        `there is no metric \`${file.metric}\``,
        known.length > 0
          ? didYouMean(file.metric, known)
          : 'add it to `metrics` in the config, or give a Prometheus address for the built-in ones',
      ),
    );
    return [];
  }
  const own = readLimits(file, metric.unit, path, report);
  const ownWarn = readLimits(file.warn, metric.unit, [...path, 'warn'], report);
  // Of limits that do not fit the unit enough is said.
  if (own === undefined || ownWarn === undefined) return [];
  const limits = hasLimits(own) ? own : metric.limits;
  // Whoever writes limits of their own means those, and no warning from elsewhere.
  const inherited = hasLimits(own) ? {} : metric.warn;
  const warn = file.warn === undefined ? inherited : ownWarn;
  if (!hasLimits(limits) && !hasLimits(warn)) {
    report(
      error(
        path,
        'no-limits',
        `the check of \`${metric.name}\` has no limits`,
        'give it max, min, max_increase, max_decrease or max_ratio, here or in the config',
      ),
    );
  }
  const minSamples = readMinSamples(file.min_samples);
  if (minSamples !== undefined && !countsSamples(metric)) {
    report(
      error(
        [...path, 'min_samples'],
        'uncounted',
        `\`min_samples\` needs a metric that counts its samples, and \`${metric.name}\` does not`,
        'give the metric a `samples` query in the config, or make it a proportion',
      ),
    );
  }
  for (const label of missingLabels(metric, rollout.labels ?? {})) {
    report(
      error(
        path,
        'missing-label',
        `the query of \`${metric.name}\` wants the label \`${label}\``,
        `add \`labels: {${label}: …}\` to the rollout`,
      ),
    );
  }
  return [
    {
      metric,
      limits,
      warn,
      for: file.for === undefined ? metric.for : duration(file.for),
      window: file.window === undefined ? metric.window : duration(file.window),
      baseline:
        readBaseline(file.baseline, metric.unit, [...path, 'baseline'], report) ?? metric.baseline,
      ...defined({ minSamples: minSamples ?? defaultMinSamples(metric) }),
      proof: file.require === 'proof',
      required: file.required ?? true,
      onBreach: file.on_breach ?? 'rollback',
      ...defined({ drift: readDrift(file.drift) }),
    },
  ];
}

const DEFAULT_DRIFT_OVER = DAY;

function readDrift(file: CheckFile['drift']): Check['drift'] {
  if (file === undefined) return undefined;
  const { by, over } = typeof file === 'string' ? { by: file, over: undefined } : file;
  return {
    by: Number.parseFloat(by) / 100,
    over: over === undefined ? DEFAULT_DRIFT_OVER : duration(over),
  };
}

function readMinSamples(file: CheckFile['min_samples']): Check['minSamples'] {
  if (file === undefined) return undefined;
  if (typeof file === 'number') return { count: file };
  return {
    count: file.count,
    ...(file.or_after === undefined ? {} : { orAfter: duration(file.or_after) }),
  };
}

function countsSamples(metric: Metric): boolean {
  if (metric.kind === 'gauge') return metric.samples !== undefined;
  return metric.kind !== 'distribution' || metric.from.kind === 'buckets';
}

const defaultMinSamples = (metric: Metric): Check['minSamples'] =>
  countsSamples(metric) ? { count: DEFAULT_MIN_SAMPLES } : undefined;
