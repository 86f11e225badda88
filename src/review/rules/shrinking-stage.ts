import { isTargeted } from '../../model/rollout.ts';
import { type RolloutRule, stagePath } from '../rule.ts';

export const shrinkingStage = {
  id: 'shrinking-stage',
  severity: 'warning',
  about: 'rollout',
  why: 'Exposure only grows, so a smaller stage after a larger one takes nobody out.',
  check: ({ stages }) => {
    let largest = 0;
    return stages.flatMap((stage, index) => {
      if (isTargeted(stage) || stage.shadow) return [];
      const share = stage.percentage ?? 100;
      const shrinks = share < largest;
      largest = Math.max(largest, share);
      return shrinks
        ? [
            {
              message: `\`${stage.name}\` says ${share} % after ${largest} %; exposure only grows, so ${largest} % stay in`,
              path: stagePath(stages, index, 'percentage'),
            },
          ]
        : [];
    });
  },
} as const satisfies RolloutRule;
