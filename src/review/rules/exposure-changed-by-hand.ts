import type { Found } from '../../model/review-rule.ts';
import type { UsersRule } from '../rule.ts';

export const exposureChangedByHand = {
  id: 'exposure-changed-by-hand',
  severity: 'error',
  warnsWhen: 'users lose it, or the config changes who is in a segment',
  about: 'users',
  why: 'Exposure grows by passing checks, not by editing the stage that users are in.',
  check: ({ kill, status }, { before, users }) => {
    if (!users || before === undefined || before === 'new') return [];
    const { more, fewer, segments } = users;
    const revived = before.kill && !kill;
    const path = revived ? ['kill'] : ['stages'];
    const found: Found[] = [];
    if (more.length > 0) {
      const why = revived ? 'the kill switch is gone' : `\`${status.stage}\` is larger than it was`;
      found.push({
        message: `${why}: ${more.join(' and ')} get it at once`,
        path,
        hint: revived
          ? 'say /rollout unkill instead, which restarts the clock of the stage'
          : 'add a stage after it instead, which checks come before',
      });
    }
    if (fewer.length > 0) {
      found.push({
        severity: 'warning',
        message: `\`${status.stage}\` is not what it was: of ${fewer.join(' and ')}, users lose it at once`,
        path,
        hint: 'say /rollout rollback to take it from users, or leave the stages up to this one as they are',
      });
    }
    if (segments.length > 0) {
      const names = segments.map((name) => `\`${name}\``).join(', ');
      found.push({
        severity: 'warning',
        message: `who is in ${names} changes in the config, and with it who has the flag`,
        path: ['stages'],
        hint: 'leave the segment as it is, and name a new one in a later stage',
      });
    }
    return found;
  },
} as const satisfies UsersRule;
