import { selectorsIn, within } from '../query.ts';
import type { QueryRule } from '../rule.ts';

export const aggregatedCounter = {
  id: 'aggregated-counter',
  severity: 'warning',
  about: 'query',
  why: 'A sum of counters falls when one of them restarts, and everything left in it is counted a second time.',
  check: ({ isCounter, ...query }) =>
    query.findings.flatMap((finding) =>
      isCounter && finding.kind === 'aggregated'
        ? [
            {
              message: `${finding.what} makes one counter of several, so a restart of one of them counts what the others had again; Sluice adds up the growth of each series itself`,
              hint: `write ${selectorsIn(query, finding)}`,
              ...within(query, finding),
            },
          ]
        : [],
    ),
} as const satisfies QueryRule;
