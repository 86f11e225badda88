import type { Metric } from './check.ts';
import { placeholders } from './template.ts';

/** The query templates of a metric. */
export function templatesOf(metric: Metric): readonly string[] {
  switch (metric.kind) {
    case 'gauge':
      return [metric.query, ...(metric.samples === undefined ? [] : [metric.samples])];
    case 'proportion':
      return [metric.events, metric.total];
    case 'mean':
      return [metric.count, metric.sum, metric.sumOfSquares];
    case 'distribution':
      return [metric.from.kind === 'buckets' ? metric.from.buckets : metric.from.query];
  }
}

const wantedLabels = new WeakMap<Metric, readonly string[]>();

/** Names of the labels a metric's queries want. Remembered: a metric is checked by many rollouts. */
function labelsOf(metric: Metric): readonly string[] {
  const known = wantedLabels.get(metric);
  if (known) return known;
  const names = templatesOf(metric)
    .flatMap(placeholders)
    .filter((name) => name.startsWith('labels.'))
    .map((name) => name.slice('labels.'.length));
  const labels = [...new Set(names)];
  wantedLabels.set(metric, labels);
  return labels;
}

/** Labels that a metric wants and a rollout does not have. */
export function missingLabels(
  metric: Metric,
  labels: Readonly<Record<string, string>>,
): readonly string[] {
  return labelsOf(metric).filter((name) => !Object.hasOwn(labels, name));
}
