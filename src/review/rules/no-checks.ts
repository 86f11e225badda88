import type { RolloutRule } from '../rule.ts';

export const noChecks = {
  id: 'no-checks',
  severity: 'warning',
  about: 'rollout',
  why: 'A rollout without checks advances by the clock alone, whatever it does to users.',
  check: ({ checks }) =>
    checks.length > 0
      ? []
      : [
          {
            message: 'the rollout has no checks: it advances by the clock alone',
            path: [],
            hint: 'add `checks:` with a metric that shows harm',
          },
        ],
} as const satisfies RolloutRule;
