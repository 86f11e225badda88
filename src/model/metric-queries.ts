import type { Metric } from './check.ts';
import { placeholders } from './template.ts';

/** A query template of a metric. */
export interface MetricQuery {
  /** The key that it has in the config. */
  readonly key: string;
  readonly text: string;
  /** Whether it selects counters, whose growth is counted. */
  readonly isCounter: boolean;
}

/** The queries of a metric. */
export function queriesOf(metric: Metric): readonly MetricQuery[] {
  const counter = (key: string, text: string) => ({ key, text, isCounter: true });
  const number = (key: string, text: string) => ({ key, text, isCounter: false });
  switch (metric.kind) {
    case 'gauge': {
      const { query, samples } = metric;
      return [
        number('query', query),
        ...(samples === undefined ? [] : [number('samples', samples)]),
      ];
    }
    case 'proportion':
      return [counter('events', metric.events), counter('total', metric.total)];
    case 'mean':
      return [
        counter('count', metric.count),
        counter('sum', metric.sum),
        counter('sum_of_squares', metric.sumOfSquares),
      ];
    case 'distribution':
      return [
        metric.from.kind === 'buckets'
          ? counter('buckets', metric.from.buckets)
          : number('query', metric.from.query),
      ];
  }
}

/** The query templates of a metric. */
export const templatesOf = (metric: Metric): readonly string[] =>
  queriesOf(metric).map(({ text }) => text);

/** Whether a metric can be asked of each variant alone. */
export const tellsVariantsApart = (metric: Metric): boolean =>
  templatesOf(metric).some((text) => placeholders(text).includes('variant'));

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
