import { isTargeted, kindOf } from '../../model/rollout.ts';
import { isSeen } from '../ladder.ts';
import { type RolloutRule, stagePath } from '../rule.ts';

/** The largest share a first randomised stage may have and still be a canary, in percent. */
const CANARY = 10;

export const noCanary = {
  id: 'no-canary',
  severity: 'error',
  about: 'rollout',
  why: 'The first percentage of everyone is small enough to be a canary, also after a good shadow run.',
  check: ({ stages }) => {
    const index = stages.findIndex(
      (stage) => kindOf(stage) === 'randomised' && !isTargeted(stage) && isSeen(stage),
    );
    const first = stages[index];
    if (!first || (first.percentage ?? 0) <= CANARY) return [];
    return [
      {
        message: `\`${first.name}\` exposes ${first.percentage} % at once, and there is no canary before it`,
        hint: `put a canary of at most ${CANARY} % before it`,
        path: stagePath(stages, index, 'percentage'),
      },
    ];
  },
} as const satisfies RolloutRule;
