import { kindOf } from '../../model/rollout.ts';
import { approximateDuration } from '../../time.ts';
import type { RolloutRule } from '../rule.ts';

export const rolloutTooShort = {
  id: 'rollout-too-short',
  severity: 'error',
  about: 'rollout',
  why: 'From the first stage to everyone a rollout takes at least as long as `policy.risk` asks for.',
  check: ({ stages, risk }, { config }) => {
    const least = config.policy.risk[risk].totalDuration;
    const full = stages.findIndex((stage) => kindOf(stage) === 'everyone');
    const climb = stages.slice(0, full < 0 ? stages.length : full);
    const total = climb.reduce((sum, stage) => sum + stage.duration, 0);
    if (total >= least) return [];
    return [
      {
        message: `everyone is reached after ${approximateDuration(total)}; risk ${risk} asks for at least ${approximateDuration(least)}`,
        path: ['stages'],
        hint: 'give the stages more time, or take a slower ladder',
      },
    ];
  },
} as const satisfies RolloutRule;
