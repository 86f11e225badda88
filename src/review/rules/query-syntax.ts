import { within } from '../query.ts';
import type { QueryRule } from '../rule.ts';

export const querySyntax = {
  id: 'query-syntax',
  severity: 'error',
  about: 'query',
  why: 'Prometheus refuses a query that is not PromQL, and its check holds the flag for as long.',
  check: (query) =>
    query.findings.flatMap((finding) =>
      finding.kind === 'syntax'
        ? [
            {
              message: 'the query is not PromQL from here on',
              hint: "correct it, or set `rules: {query-syntax: 'off'}` in the config's policy if your server speaks another dialect",
              ...within(query, finding),
            },
          ]
        : [],
    ),
} as const satisfies QueryRule;
