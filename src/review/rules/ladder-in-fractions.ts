import { childOf } from '../../model/json.ts';
import type { LadderRule } from '../rule.ts';

export const ladderInFractions = {
  id: 'ladder-in-fractions',
  severity: 'warning',
  about: 'ladder',
  why: 'Percentages of 0.05, 0.5 and 1 end at one user in a hundred, where everyone may be meant.',
  check: ({ stages, written, path }) => {
    const shares = stages.flatMap(({ percentage }) => percentage ?? []);
    const isFractions = shares.some((share) => share > 0 && share < 1);
    // Whoever writes 1% means one percent.
    const isExplicit = written.some((stage) => typeof childOf(stage, 'percentage') === 'string');
    if (!isFractions || isExplicit || Math.max(...shares) > 1 || shares.at(-1) !== 1) return [];
    const last = stages.findLastIndex(({ percentage }) => percentage !== undefined);
    const meant = shares.map((share) => Number((share * 100).toPrecision(6))).join(', ');
    return [
      {
        message: `\`percentage: 1\` is 1 %, not everyone, and the stages before it have less`,
        hint: `write ${meant} if ${shares.join(', ')} are fractions of everyone, or \`1%\` if one percent is meant`,
        path: [...path, last, 'percentage'],
      },
    ];
  },
} as const satisfies LadderRule;
