import { isRelative } from '../../model/limits.ts';
import { tellsVariantsApart } from '../../model/metric-queries.ts';
import type { LimitsRule } from '../rule.ts';

export const variantNotInQuery = {
  id: 'variant-not-in-query',
  severity: 'error',
  about: 'limits',
  why: 'A limit relative to control can only be judged if the metric can be asked of control alone.',
  check: ({ metric, limits, baseline, path }) =>
    isRelative(limits) && baseline.kind === 'control' && !tellsVariantsApart(metric)
      ? [
          {
            message: `\`${metric.name}\` is compared with control, but its queries do not tell the variants apart`,
            hint: 'put `{{variant}}` into them, such as variant="{{variant}}", or give it a `baseline:` of {offset: 7d} or {before_start: 24h}',
            path,
          },
        ]
      : [],
} as const satisfies LimitsRule;
