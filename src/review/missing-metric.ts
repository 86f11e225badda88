import type { Metric } from '../model/check.ts';
import type { Found } from '../model/review-rule.ts';
import type { Rollout } from '../model/rollout.ts';

/** A rollout that has checks, but none of a category. */
export const missingMetric = (
  { checks }: Rollout,
  category: Metric['category'],
): readonly Found[] =>
  checks.length === 0 || checks.some(({ metric }) => metric.category === category)
    ? []
    : [
        {
          message: `no check looks at ${category === 'experience' ? 'an' : 'a'} ${category} metric`,
          path: ['checks'],
          hint: `add one, or set \`rules: {missing-${category}-metric: 'off'}\` in the config's policy`,
        },
      ];
