import type { UsersRule } from '../rule.ts';

export const usersRebucketed = {
  id: 'users-rebucketed',
  severity: 'error',
  about: 'users',
  why: 'The same user always gets the same answer; by another name of the flag or another `bucket_by`, a share of users is a share of others.',
  check: ({ key }, { before, users }) => {
    if (!users?.redrawn || before === undefined || before === 'new') return [];
    const hint = `put it back; a flag that nobody has yet may change its ${users.redrawn === 'flag' ? 'name' : 'key'}`;
    return users.redrawn === 'flag'
      ? [
          {
            message: `${before.key} becomes ${key}: whoever has the first gets what the code defaults to, and the second is drawn among all users anew`,
            path: ['flag'],
            hint,
          },
        ]
      : [
          {
            message:
              'users are put in other buckets: some who have the flag lose it, and others get it',
            path: ['bucket_by'],
            hint,
          },
        ];
  },
} as const satisfies UsersRule;
