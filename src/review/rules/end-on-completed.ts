import type { RolloutRule } from '../rule.ts';

export const endOnCompleted = {
  id: 'end-on-completed',
  severity: 'error',
  about: 'rollout',
  why: 'A completed flag is what all users have by default, and no date may take that from them.',
  check: ({ end, status }) =>
    end !== undefined && status.phase === 'completed'
      ? [
          {
            message: 'a completed flag is the default and has no `end`',
            path: ['end'],
            hint: 'remove `end`, or roll the flag back first',
          },
        ]
      : [],
} as const satisfies RolloutRule;
