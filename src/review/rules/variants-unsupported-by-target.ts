import type { RolloutRule } from '../rule.ts';
import { targetWithout } from '../target-without.ts';

export const variantsUnsupportedByTarget = {
  id: 'variants-unsupported-by-target',
  severity: 'error',
  about: 'rollout',
  why: 'flagd refuses a whole file because of one variant that it cannot hold, so Sluice leaves such a flag out.',
  check: (rollout, { config }) => {
    const target = targetWithout('list-variants', config, rollout);
    const lists = Object.values(rollout.variants).some(
      (value) => value === null || Array.isArray(value),
    );
    if (!target || !lists) return [];
    return [
      {
        message: `the variants are lists or nothing, which \`${target.path}\` cannot hold: the flag would not be in it`,
        path: ['variants'],
        hint: 'put the list into an object: {items: […]}',
      },
    ];
  },
} as const satisfies RolloutRule;
