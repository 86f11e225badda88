import { carries } from '../../model/carries.ts';
import type { TargetConfig } from '../../model/config.ts';
import type { Found } from '../../model/review-rule.ts';
import { formatInstant } from '../../time.ts';
import type { UsersRule } from '../rule.ts';

/** Whether what a target holds changes by itself at a date: weights do not. */
const KNOWS_DATES: Readonly<Record<TargetConfig['holds'], boolean>> = {
  flags: true,
  traffic: false,
};

export const datesChangedByHand = {
  id: 'dates-changed-by-hand',
  severity: 'error',
  warnsWhen: 'users lose it, at once or later, or keep it longer',
  about: 'users',
  why: 'A date moves users without a check or a command, and takes no more than an edit.',
  check: (rollout, { before, users, config }) => {
    if (!users?.dates || before === undefined || before === 'new') return [];
    const { key, does } = users.dates;
    const [from, to] = [before[key], rollout[key]].map(
      (at) => at !== undefined && formatInstant(at),
    );
    const path = to ? [key] : [];
    const warn = (message: string, hint: string): readonly Found[] => [
      { severity: 'warning', message, path, hint },
    ];
    const stage = `whoever is in \`${rollout.status.stage}\` gets the flag`;
    const everybody = `everybody gets \`${rollout.control}\``;
    const leave = `leave \`${key}\` as it was`;
    const carriers = config.targets.filter((target) => carries(target, rollout));
    const dateless = carriers.length > 0 && carriers.every(({ holds }) => !KNOWS_DATES[holds]);
    // A tick looks at the start of what has not started.
    if (dateless && key === 'start') return [];
    switch (does) {
      case 'opens': {
        const was = key === 'end' ? 'had passed' : 'was in the future';
        const is = to ? `is ${key === 'end' ? 'later' : 'earlier'} now` : 'is gone';
        return [
          {
            message: `${stage} at once: \`${key}\` ${was}, and ${is}`,
            path,
            hint: `${leave}, or say /rollout restart and let it climb again`,
          },
        ];
      }
      case 'closes':
        return key === 'end'
          ? warn(
              `${everybody} at once, and the next tick takes the flag back to off: \`end\`, ${to}, has passed`,
              `say /rollout rollback to take it from users, or ${leave}`,
            )
          : warn(
              `${everybody} until ${to}, and then ${stage} again: \`start\` is in the future`,
              `${leave}, or say /rollout restart to begin with the first stage then`,
            );
      case 'sooner':
        return warn(
          `${everybody} from ${to}: \`end\` ${from ? `was ${from}` : 'is new'}`,
          `make sure that its owners know, or ${leave}`,
        );
      case 'later':
        return warn(
          `users keep the flag after ${from}: \`end\` is ${to ? `${to} now` : 'gone'}`,
          `make sure that its owners know, or ${leave}`,
        );
    }
  },
} as const satisfies UsersRule;
