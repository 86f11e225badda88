import { windowAt } from '../../model/window.ts';
import { formatInstant } from '../../time.ts';
import type { RolloutRule } from '../rule.ts';

export const startOutsideWindow = {
  id: 'start-outside-window',
  severity: 'warning',
  about: 'rollout',
  why: 'A `start` in a freeze or outside the window of `policy.advance` waits for the next open hour.',
  check: ({ start, status }, { config, now }) => {
    if (start === undefined || start < now || status.phase !== 'pending') return [];
    const window = windowAt(start, config.policy);
    if (window.kind === 'open') return [];
    const opens =
      window.opens === undefined ? '' : ` and will wait until ${formatInstant(window.opens)}`;
    const what =
      window.why === 'freeze' ? 'inside a freeze' : 'outside the hours in which flags start';
    return [{ message: `\`start\` is ${what}${opens}`, path: ['start'] }];
  },
} as const satisfies RolloutRule;
