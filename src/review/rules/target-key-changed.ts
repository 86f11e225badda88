import type { TargetConfig } from '../../model/config.ts';
import type { TargetsRule } from '../rule.ts';
import { fatesOf, namesOf } from '../targets.ts';

export const targetKeyChanged = {
  id: 'target-key-changed',
  severity: 'error',
  about: 'targets',
  why: 'NGINX puts users in buckets by the `key` of its target; by another key, a share of users is a share of others.',
  check: (change) =>
    fatesOf(change).flatMap(({ target, now, kept }) => {
      const [was, is] = [bucketKeyOf(target), now && bucketKeyOf(now.target)];
      if (now === undefined || was === undefined || is === undefined || was === is) return [];
      const shared = kept.filter(({ told }) => told.bucket);
      if (shared.length === 0) return [];
      const names = namesOf(shared.map(({ rollout }) => rollout));
      return [
        {
          message: `some who have ${names} lose it, and others get it: ${now.target.path} puts users in buckets by \`${is}\` instead of \`${was}\``,
          path: ['targets', now.index, 'key'],
          hint: 'put it back; a flag that nobody has yet may change its key',
        },
      ];
    }),
} as const satisfies TargetsRule;

/** [A6] The variable by which a target puts users in buckets, if it does so by one of its own. */
const bucketKeyOf = (target: TargetConfig): string | undefined =>
  'key' in target ? target.key : undefined;
