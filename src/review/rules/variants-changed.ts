import { isExposed } from '../../model/rollout.ts';
import type { Instead } from '../difference.ts';
import type { UsersRule } from '../rule.ts';

const START_ANEW =
  'say /rollout restart first and let it climb again, or give the new variant a rollout of its own';

export const variantsChanged = {
  id: 'variants-changed',
  severity: 'error',
  about: 'users',
  why: 'Those who have the flag keep what they have, and so does everyone else: a swap would flip them all at once.',
  check: (rollout, { users }) => {
    const { exposed, others } = users ?? {};
    const said = [
      ...(exposed ? [whatComes('those who have the flag', exposed, 'treatment')] : []),
      ...(others ? [whatComes('everyone else', others, 'control')] : []),
    ];
    const [first] = said;
    if (!first) return [];
    const swapped =
      exposed && others && exposed.from === others.to && exposed.to === others.from
        ? 'treatment and control are swapped: '
        : '';
    return [
      {
        message: `${swapped}${said.map(({ text }) => text).join(', and ')}`,
        path: first.sameName ? ['variants', first.variant] : [first.key],
        hint: isExposed(rollout)
          ? START_ANEW
          : 'put it back: nobody has checked that on a share of them',
      },
    ];
  },
} as const satisfies UsersRule;

function whatComes(who: string, { from, to }: Instead, key: 'treatment' | 'control') {
  const sameName = from === to;
  const text = sameName
    ? `${who} get another value of \`${to}\``
    : `${who} get \`${to}\` instead of \`${from}\``;
  return { text, sameName, variant: to, key };
}
