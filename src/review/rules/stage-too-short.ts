import { approximateDuration } from '../../time.ts';
import { type RolloutRule, stagePath } from '../rule.ts';

export const stageTooShort = {
  id: 'stage-too-short',
  severity: 'warning',
  about: 'rollout',
  why: 'Slow harm shows only in a stage that lasts as long as `policy.risk` asks for.',
  check: ({ stages, risk, status }, { config }) => {
    const least = config.policy.risk[risk].stageDuration;
    if (status.phase === 'completed') return [];
    return stages.flatMap((stage, index) =>
      stage.duration >= least || index === stages.length - 1
        ? []
        : [
            {
              message: `\`${stage.name}\` lasts ${approximateDuration(stage.duration)}; risk ${risk} asks for at least ${approximateDuration(least)} a stage`,
              path: stagePath(stages, index, 'duration'),
            },
          ],
    );
  },
} as const satisfies RolloutRule;
