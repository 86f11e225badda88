import type { Metric } from '../model/check.ts';
import type {
  BucketsQuestion,
  Grid,
  IncrementsQuestion,
  SeriesQuestion,
} from '../model/measurement.ts';
import { templatesOf } from '../model/metric-queries.ts';
import type { Duration } from '../time.ts';
import { fill, type PlanContext } from './arms.ts';

/** What one variant of a metric did over a while. */
export type OverTime = SeriesQuestion | IncrementsQuestion | BucketsQuestion;

/** Asks for it in the metric's own kind: looks at a number, what was counted, or buckets. */
export function questionOver(
  metric: Metric,
  variant: string,
  { window, ...grid }: Grid & { readonly window: Duration },
  context: PlanContext,
): OverTime {
  const queries = templatesOf(metric).map((each) => fill(each, context, variant, window));
  const looks = (): OverTime => ({ kind: 'series', query: queries[0] ?? '', ...grid });
  switch (metric.kind) {
    case 'gauge':
      return looks();
    case 'distribution':
      return metric.from.kind === 'samples' ? looks() : { kind: 'buckets', queries, ...grid };
    case 'proportion':
    case 'mean':
      return { kind: 'increments', queries, ...grid };
  }
}
