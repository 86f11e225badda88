import { selectorsIn, within } from '../query.ts';
import type { QueryRule } from '../rule.ts';

export const notACounter = {
  id: 'not-a-counter',
  severity: 'error',
  about: 'query',
  why: 'Sluice works out how much a counter grows, and what a `rate()` or an `increase()` grows by was never counted. Set to `off`, the flags still hold.',
  check: ({ isCounter, ...query }) =>
    query.findings.flatMap((finding) =>
      isCounter && finding.kind === 'over-time'
        ? [
            {
              message: `\`${query.path.at(-1)}\` must be a plain counter, without ${finding.what}`,
              hint: `write ${selectorsIn(query, finding)}`,
              ...within(query, finding),
            },
          ]
        : [],
    ),
} as const satisfies QueryRule;
