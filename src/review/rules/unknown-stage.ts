import { currentStage } from '../../model/rollout.ts';
import type { RolloutRule } from '../rule.ts';

export const unknownStage = {
  id: 'unknown-stage',
  severity: 'error',
  about: 'rollout',
  why: 'A rollout whose stage is not among its stages cannot move, because nobody knows who has it.',
  check: (rollout) =>
    rollout.status.stage === undefined || currentStage(rollout)
      ? []
      : [
          {
            message: `the rollout is in \`${rollout.status.stage}\`, which is not among its stages`,
            path: ['status', 'stage'],
            hint: 'put the stage back, or say /rollout restart',
          },
        ],
} as const satisfies RolloutRule;
