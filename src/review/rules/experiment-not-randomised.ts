import { isTargeted } from '../../model/rollout.ts';
import { type RolloutRule, stagePath } from '../rule.ts';

/** Anyone who was picked by a list has the treatment by that, and nobody like them has the control. */
export const experimentNotRandomised = {
  id: 'experiment-not-randomised',
  severity: 'warning',
  about: 'rollout',
  why: 'An experiment compares users who differ by chance alone, not those whom a list let in.',
  check: ({ stages, trials, allow }) =>
    stages.flatMap((stage, index) => {
      if (trials.get(stage.name)?.kind !== 'experiment') return [];
      const picked = stages
        .slice(0, index + 1)
        .filter((each) => isTargeted(each) && !each.shadow)
        .map(({ name }) => `those of \`${name}\``);
      const mixed = allow.length > 0 ? [...picked, 'the users in `allow`'] : picked;
      if (mixed.length === 0) return [];
      return [
        {
          message: `the arms of \`${stage.name}\` are not alike: ${mixed.join(' and ')} have the treatment by name, not by chance`,
          hint: 'leave them out of what the metrics of the experiment count',
          path: stagePath(stages, index, 'experiment'),
        },
      ];
    }),
} as const satisfies RolloutRule;
