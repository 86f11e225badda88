import { textAt, within } from '../query.ts';
import type { QueryRule } from '../rule.ts';

export const unquotedPlaceholder = {
  id: 'unquoted-placeholder',
  severity: 'error',
  about: 'query',
  why: 'The value of a placeholder is written for a string, and outside quotes it can become another query.',
  check: (query) =>
    query.findings.flatMap((finding) => {
      if (finding.kind !== 'unquoted') return [];
      const text = textAt(query, finding);
      return [
        finding.as === 'value'
          ? {
              message: `the placeholder \`${text}\` needs quotes around it`,
              hint: `write "${text}"`,
              ...within(query, finding),
            }
          : {
              message: `\`${text}\` stands for a name, and a placeholder may only be in a string`,
              hint: `for the name of a metric, write {__name__="${text}"}`,
              ...within(query, finding),
            },
      ];
    }),
} as const satisfies QueryRule;
