import type { RolloutRule } from '../rule.ts';

export const fallbackIsControl = {
  id: 'fallback-is-control',
  severity: 'warning',
  about: 'rollout',
  why: 'A check that degrades does no more than a rollback unless the rollout has a `fallback` of its own.',
  check: ({ checks, fallback, control }) =>
    fallback === control
      ? checks.flatMap((check, index) =>
          check.onBreach === 'degrade'
            ? [
                {
                  message:
                    '`on_breach: degrade` serves the control, for there is no other `fallback`',
                  path: ['checks', index, 'on_breach'],
                },
              ]
            : [],
        )
      : [],
} as const satisfies RolloutRule;
