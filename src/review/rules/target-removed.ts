import { carries } from '../../model/carries.ts';
import type { TargetConfig } from '../../model/config.ts';
import type { TargetsRule } from '../rule.ts';
import { fatesOf, namesOf } from '../targets.ts';

export const targetRemoved = {
  id: 'target-removed',
  severity: 'error',
  warnsWhen: 'another target has the flags too, or they are completed',
  about: 'targets',
  why: 'Services continue to read a file that no target writes any more, and no rollback or kill reaches them by it.',
  check: (change) =>
    fatesOf(change).flatMap(({ target, lost }) => {
      if (lost.length === 0) return [];
      const { targets } = change.after;
      const index = targets.findIndex(({ path }) => path === target.path);
      const elsewhere = targets
        .filter((other) => other.path !== target.path && other.holds === target.holds)
        .filter((other) => lost.every((rollout) => carries(other, rollout)))
        .map(({ path }) => path);
      const over = lost.every(({ status, kill }) => status.phase === 'completed' && !kill);
      return [
        {
          ...(over || elsewhere.length > 0 ? { severity: 'warning' } : {}),
          message: whatStands(target, targets[index], namesOf(lost)),
          path: index < 0 ? ['targets'] : ['targets', index],
          hint: hintOf(target, elsewhere, over),
        },
      ];
    }),
} as const satisfies TargetsRule;

/** @param instead what has the path now */
function whatStands(
  target: TargetConfig,
  instead: TargetConfig | undefined,
  names: string,
): string {
  const { path } = target;
  switch (target.holds) {
    case 'traffic':
      return `${path} keeps the share that ${names} has, and no rollback or kill takes it back: no target sets it`;
    case 'flags': {
      if (instead === undefined) {
        return `no rollback or kill of ${names} reaches those who read ${path} any more: it stays as it is, for no target writes it`;
      }
      const how =
        instead.type === target.type
          ? `for ${instead.environment} alone`
          : `of type ${instead.type} instead of ${target.type}`;
      return `those who read ${path} do not find ${names} there any more: the file is ${how}`;
    }
  }
}

/** Who uses the file of a target, and how. */
const USED_BY: Readonly<Record<TargetConfig['holds'], string>> = {
  flags: 'services read',
  traffic: 'traffic goes by',
};

function hintOf(target: TargetConfig, elsewhere: readonly string[], over: boolean): string {
  if (elsewhere.length > 0) {
    return `keep the target until ${USED_BY[target.holds]} ${elsewhere.join(' or ')}`;
  }
  return over
    ? 'make sure that nothing goes by this file any more'
    : 'keep the target, or say /rollout restart to take it from users first';
}
