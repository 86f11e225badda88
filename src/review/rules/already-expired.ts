import { DAY, formatInstant } from '../../time.ts';
import type { RolloutRule } from '../rule.ts';

export const alreadyExpired = {
  id: 'already-expired',
  severity: 'warning',
  about: 'rollout',
  why: 'A flag past its `expires` date is dead code that somebody forgot to remove.',
  check: ({ expires }, { now }) =>
    expires !== undefined && expires + DAY <= now
      ? [
          {
            message: `the flag expired on ${formatInstant(expires)}`,
            path: ['expires'],
            hint: 'remove it from the code, or give it a new date',
          },
        ]
      : [],
} as const satisfies RolloutRule;
