import { carries } from '../../model/carries.ts';
import type { Config, TargetConfig } from '../../model/config.ts';
import type { ToldBy } from '../../model/exposure.ts';
import type { Finding } from '../../model/problem.ts';
import type { Rollout } from '../../model/rollout.ts';
import { finding } from './rule.ts';

/** A rollout that users have something of, or that is killed, and what tells who has it. */
export interface Live {
  readonly rollout: Rollout;
  readonly told: ToldBy;
}

/**
 * What a change to `targets` does to users: a file that is written no more, or otherwise, is what
 * services go on reading. A finding a file, placed in the config, for it may hold hundreds of flags.
 */
export function reachChanged(
  live: readonly Live[],
  before: Config,
  after: Config,
): readonly Finding[] {
  return before.targets.flatMap((target) => {
    const index = after.targets.findIndex((other) => isSame(target, other));
    const stays = (rollout: Rollout): boolean =>
      after.targets.some((other) => isSame(target, other) && carries(other, rollout));
    const carried = live.filter(({ rollout }) => carries(target, rollout));
    const kept = carried.filter(({ rollout }) => stays(rollout));
    const lost = carried.filter(({ rollout }) => !stays(rollout)).map(({ rollout }) => rollout);
    return [
      ...targetRemoved(lost, target, after),
      ...toldOtherwise(kept, target, after.targets[index], index),
      ...bucketsChanged(kept, target, after.targets[index], index),
    ];
  });
}

const isSame = (one: TargetConfig, other: TargetConfig): boolean =>
  one.path === other.path && one.type === other.type && rolloutOf(one) === rolloutOf(other);

/** The flag whose traffic a target shares out. */
function rolloutOf(target: TargetConfig): string | undefined {
  switch (target.holds) {
    case 'flags':
      return undefined;
    case 'traffic':
      return target.rollout;
  }
}

/** Where a file is left alone nothing moves its users: not a rollback either, which makes that grave. */
function targetRemoved(
  rollouts: readonly Rollout[],
  target: TargetConfig,
  { targets }: Config,
): readonly Finding[] {
  if (rollouts.length === 0) return [];
  const index = targets.findIndex(({ path }) => path === target.path);
  const elsewhere = targets
    .filter((other) => other.path !== target.path && other.holds === target.holds)
    .filter((other) => rollouts.every((rollout) => carries(other, rollout)))
    .map(({ path }) => path);
  const over = rollouts.every(({ status, kill }) => status.phase === 'completed' && !kill);
  return [
    finding(
      over || elsewhere.length > 0 ? 'warning' : 'error',
      'target-removed',
      whatStands(target, targets[index], namesOf(rollouts)),
      { path: index < 0 ? ['targets'] : ['targets', index], hint: hintOf(target, elsewhere, over) },
    ),
  ];
}

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

/** Services that call a region otherwise than the file does have nobody in it. */
function toldOtherwise(
  live: readonly Live[],
  before: TargetConfig,
  after: TargetConfig | undefined,
  index: number,
): readonly Finding[] {
  if (after === undefined) return [];
  const keys = (['region', 'tier'] as const).filter(
    (key) =>
      attributeOf(before, key) !== attributeOf(after, key) && live.some(({ told }) => told[key]),
  );
  if (keys.length === 0) return [];
  const names = namesOf(
    live.filter(({ told }) => keys.some((key) => told[key])).map(({ rollout }) => rollout),
  );
  const how = keys.map(
    (key) => `${key}s in \`${attributeOf(after, key)}\` instead of \`${attributeOf(before, key)}\``,
  );
  const wanted = keys.map((key) => `\`${attributeOf(after, key)}\``).join(' and ');
  return [
    finding(
      'warning',
      'exposure-by-hand',
      `who has ${names} changes at once: ${after.path} finds ${how.join(', and ')}`,
      {
        path: ['targets', index],
        hint: `let services send ${wanted} with the same values first: whoever has none loses the flag`,
      },
    ),
  ];
}

const attributeOf = (target: TargetConfig, key: 'region' | 'tier'): string =>
  ('attributes' in target ? target.attributes?.[key] : undefined) ?? key;

/** [A6] The variable by which a target puts users in buckets, if it does so by one of its own. */
const bucketKeyOf = (target: TargetConfig): string | undefined =>
  'key' in target ? target.key : undefined;

function bucketsChanged(
  live: readonly Live[],
  before: TargetConfig,
  after: TargetConfig | undefined,
  index: number,
): readonly Finding[] {
  const [was, is] = [bucketKeyOf(before), after && bucketKeyOf(after)];
  if (after === undefined || was === undefined || is === undefined || was === is) return [];
  const shared = live.filter(({ told }) => told.bucket);
  if (shared.length === 0) return [];
  const names = namesOf(shared.map(({ rollout }) => rollout));
  return [
    finding(
      'error',
      'users-redrawn',
      `some who have ${names} lose it, and others get it: ${after.path} puts users in buckets by \`${is}\` instead of \`${was}\``,
      {
        path: ['targets', index, 'key'],
        hint: 'put it back; a flag that nobody has yet may change its key',
      },
    ),
  ];
}

/** More names than this say no more. */
const NAMES = 3;

function namesOf(rollouts: readonly Rollout[]): string {
  const names = rollouts.slice(0, NAMES).map(({ key }) => key);
  const more = rollouts.length - names.length;
  const all = more > 0 ? [...names, `${more} more`] : names;
  return [all.slice(0, -1).join(', '), ...all.slice(-1)]
    .filter((each) => each !== '')
    .join(' and ');
}
