import type { RolloutRule } from '../rule.ts';

export const noRollbackCheck = {
  id: 'no-rollback-check',
  severity: 'error',
  about: 'rollout',
  why: 'At least one check takes the flag back without a person: it rolls back, or degrades.',
  check: ({ checks }) =>
    checks.length === 0 ||
    checks.some(({ onBreach }) => onBreach === 'rollback' || onBreach === 'degrade')
      ? []
      : [
          {
            message: 'no check rolls the flag back or degrades it',
            path: ['checks'],
            hint: 'let at least one check have `on_breach: rollback`',
          },
        ],
} as const satisfies RolloutRule;
