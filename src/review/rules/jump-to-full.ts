import { isTargeted, kindOf } from '../../model/rollout.ts';
import { isSeen } from '../ladder.ts';
import { type RolloutRule, stagePath } from '../rule.ts';

/** Rings of named users that make up for a canary: a third one has seen what two found. */
const FEWEST_RINGS = 2;

export const jumpToFull = {
  id: 'jump-to-full',
  severity: 'error',
  about: 'rollout',
  why: 'Everyone gets a flag only after a share of everyone was watched, or ring after ring of users.',
  check: ({ stages }) => {
    const full = stages.findIndex((stage) => kindOf(stage) === 'everyone');
    if (full < 0) return [];
    const watched = stages.slice(0, full).filter(isSeen);
    const rings = watched.filter(isTargeted).length;
    if (rings < watched.length || rings >= FEWEST_RINGS) return [];
    return [
      {
        message: `\`${stages[full]?.name}\` exposes everyone, and no share of them was watched before`,
        hint: 'put a stage of a few percent before it',
        path: stagePath(stages, full, 'name'),
      },
    ];
  },
} as const satisfies RolloutRule;
